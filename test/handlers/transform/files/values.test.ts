import { expect } from "chai";
import { dictionaryOf } from "../../../../handlers/transform/files/values";
import { Column } from "../../../../handlers/transform/rows/column";
import { numbersBelow } from "../../../../handlers/transform/rows/tableRows";
import { Texts } from "../../../../handlers/transform/rows/texts";

describe("dictionaryOf", () => {
  it("has each text once, though it has several numbers", () => {
    const texts = new Texts();
    const column = new Column("string", texts);
    for (let row = 0; row < 4000; row += 1) column.set(row, `text ${row % 700}`);
    const cells = column.cellsAt(numbersBelow(4000));
    expect(new Set(cells).size).to.be.above(700);
    const { values, indexes } = dictionaryOf({ type: "BYTE_ARRAY", texts, cells })!;
    expect([...values.cells].map((cell) => texts.at(cell))).to.deep.equal(
      Array.from({ length: 700 }, (_, at) => `text ${at}`),
    );
    expect([...indexes]).to.deep.equal(Array.from({ length: 4000 }, (_, row) => row % 700));
  });
});
