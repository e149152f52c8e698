import { expect } from "chai";
import fc from "fast-check";
import { fitTable, textTable } from "../../../cli/lib/text-table";
import { cutText, displayWidth, visibleText } from "../../../cli/lib/visible-text";
import type { Answer } from "../../../cloud/lake/cells";

const lines = (answer: Answer, width?: number) => textTable(answer, { width }).split("\n");

describe("a table for a terminal", () => {
  it("has numbers to the right, rounded to three places, all with as many", () => {
    const rows = [0.5, 1 / 3, 12, -2, null].map((n) => ({ n, t: "x" }));
    expect(lines({ columns: ["n", "t"], rows })).to.deep.equal([
      "     n  t",
      " 0.500  x",
      " 0.333  x",
      "12.000  x",
      "-2.000  x",
      "  NULL  x",
    ]);
    expect(lines({ columns: ["n"], rows: [{ n: 1e-9 }, { n: 0 }] })).to.deep.equal([
      "      n",
      "1.00e-9",
      "      0",
    ]);
  });

  it("keeps integers that a double cannot hold, to the right", () => {
    const rows = [{ n: "9007199254740993" }, { n: 1 }];
    expect(lines({ columns: ["n"], kinds: ["number"], rows }).slice(1)).to.deep.equal([
      "9007199254740993",
      "               1",
    ]);
  });

  it("tells NULL from an empty text and times to the second", () => {
    const rows = [
      { at: "2026-01-02 03:04:05.678", s: "" },
      { at: "2026-01-02 03:04:05+00", s: null },
      { at: "2026-01-02 03:04:05.6+00", s: "03:04:05.6" },
    ];
    expect(lines({ columns: ["at", "s"], kinds: ["time", "other"], rows })).to.deep.equal([
      "at                      s",
      "2026-01-02 03:04:05",
      "2026-01-02 03:04:05+00  NULL",
      "2026-01-02 03:04:05+00  03:04:05.6",
    ]);
  });

  it("counts what a terminal shows: two columns for East Asian characters and emoji", () => {
    const rows = ["静かな灯台", "👩‍🚀", "é", "e\u0301"].map((s) => ({ s, n: 1 }));
    expect(lines({ columns: ["s", "n"], rows })).to.deep.equal([
      "s           n",
      "静かな灯台  1",
      "👩‍🚀          1",
      "é           1",
      "e\u0301           1",
    ]);
    expect(cutText("静かな灯台", 6)).to.equal("静か…");
    expect(cutText("👩‍🚀👩‍🚀", 3)).to.equal("👩‍🚀…");
  });

  const long: Answer = {
    columns: ["id", "title", "artist", "at"],
    kinds: ["number", "other", "other", "time"],
    rows: [{ id: 1234567890123, title: "t".repeat(200), artist: "a".repeat(30), at: "2026-01-02 03:04:05" }],
  };

  it("cuts the widest texts first, and no number or time", () => {
    expect(lines(long, 100)[1]).to.equal(
      `1234567890123  ${"t".repeat(31)}…  ${"a".repeat(30)}  2026-01-02 03:04:05`,
    );
    expect(lines(long, 60)[1]).to.equal(
      `1234567890123  ${"t".repeat(10)}…  ${"a".repeat(10)}…  2026-01-02 03:04:05`,
    );
  });

  it("hides the last columns that find no room, and names them", () => {
    expect(fitTable(long, { width: 40 })).to.deep.include({ hidden: ["at"] });
    expect(fitTable(long, { width: 5 }).text).to.equal("id\n1234…".replace("id", "   id"));
  });

  it("is whole in a pipe and if asked to be", () => {
    for (const options of [{}, { width: 40, wide: true }])
      expect(fitTable(long, options)).to.deep.include({
        text: `           id  title${" ".repeat(197)}artist${" ".repeat(26)}at\n1234567890123  ${"t".repeat(200)}  ${"a".repeat(30)}  2026-01-02 03:04:05`,
        hidden: [],
      });
  });

  it("fits any width, whatever is in it", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.double(),
      fc.integer(),
      fc.constant(null),
    );
    const rows = fc.array(fc.record({ a: value, b: value, c: value }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 60 }), (all, width) => {
        for (const line of fitTable({ columns: ["a", "b", "c"], rows: all }, { width }).text.split("\n"))
          expect(displayWidth(line)).to.be.at.most(width);
      }),
    );
  });
});

describe("text for people", () => {
  it("has no control, neither C0 nor C1, no line break and no mark that turns its direction", () => {
    expect(visibleText("a\u001b[31mb\u009b31mc\u0085d\u2028e\u007ff\tg")).to.equal("a [31mb 31mc d e f g");
    expect(visibleText("a\u202egnp.exe\u202c\u2066b\u2069\u200f\u061c")).to.equal("agnp.exeb");
    expect(visibleText("منارة 静 👩‍🚀")).to.equal("منارة 静 👩‍🚀");
  });
});
