import { expect } from "chai";
import { ApiError } from "../../simulator/errors";
import { selectFields } from "../../simulator/fields";

const answer = {
  id: "p1",
  name: "List",
  images: null,
  items: { total: 2, items: [{ added_at: "a", item: { id: "t1", name: "T1" } }, null] },
};

describe("fields", () => {
  for (const [fields, expected] of [
    ["id", { id: "p1" }],
    ["id, name,unknown,images", { id: "p1", name: "List", images: null }],
    ["items.total", { items: { total: 2 } }],
    ["items(total),id", { id: "p1", items: { total: 2 } }],
    ["items.items.item.id", { items: { items: [{ item: { id: "t1" } }, null] } }],
    [
      "items(total,items(added_at,item(name)))",
      { items: { total: 2, items: [{ added_at: "a", item: { name: "T1" } }, null] } },
    ],
    ["items.total,items.items", { items: answer.items }],
    ["name.first", { name: "List" }],
  ] as const)
    it(`cuts down to ${fields}`, () => {
      expect(selectFields(answer, fields)).to.deep.equal(expected);
    });

  for (const fields of ["", ",", "items(", "items(total", "items)", "!name", "items.", "a b"])
    it(`refuses ${JSON.stringify(fields)}`, () => {
      expect(() => selectFields(answer, fields))
        .to.throw(ApiError, "Invalid fields")
        .with.property("status", 400);
    });
});
