import { expect } from "chai";
import { columnsOf, typedColumn } from "../dataSets";
import { definition } from "../definition/definition";
import { dimension, measure } from "../definition/fields";
import { sheetsOf } from "../definition/sheets";
import { sourceNames, sourceOf, sqlOf, type SourceName } from "../sources";
import { mistakesIn } from "./support/references";

describe("the dashboard's definition", () => {
  const made = definition((source) => `arn:aws:quicksight:eu-west-1:123456789012:dataset/${source}`, 600);
  const columns = (source: string) => columnsOf(source as SourceName).map(({ name }) => name);

  it("names no column, filter, parameter, visual, control or field that is not there", () => {
    expect(mistakesIn(made, columns)).to.deep.equal([]);
  });

  it("is caught if one of them is wrong", () => {
    const text = JSON.stringify(made);
    for (const [right, wrong, mistake] of [
      ['"columnName":"plays_a_day"', '"columnName":"plays_a_week"', "column daily_listening.plays_a_week"],
      ['"sourceFilterId":"listener"', '"sourceFilterId":"who"', "sourceFilterId who"],
      ['"parameter":"from"', '"parameter":"since"', "parameter since"],
      ['"elementId":"decades"', '"elementId":"decade"', "elementId decade"],
      ['"visualId":"gaps"', '"visualId":"skips"', "visualId skips twice"],
      ['{"fieldId":"top-artists.item_key.count","direction"', '{"fieldId":"top","direction"', "fieldId top"],
      ['{"identifier":"skips"', '{"identifier":"skip"', "dataSetIdentifier skips"],
    ] as const) {
      expect(text).to.include(right);
      expect(mistakesIn(JSON.parse(text.replace(right, wrong)) as object, columns)).to.include(mistake);
    }
  });

  it("shows every data set, and filters each by listener, and by period where it has one", () => {
    const shown = sheetsOf(600).flatMap(({ visuals }) => visuals.map(({ source }) => source));
    expect([...new Set(shown)]).to.have.members(sourceNames);
    for (const source of sourceNames) {
      const { period } = sourceOf(source);
      expect(columns(source)).to.include("listener_id");
      if (period !== undefined) expect(typedColumn(source, period).type).to.equal("DATETIME");
    }
  });

  it("covers no place of a sheet twice", () => {
    const { sheets: placed } = JSON.parse(JSON.stringify(made)) as { sheets: Placed[] };
    for (const { layouts } of placed) {
      const places = layouts[0].configuration.gridLayout.elements.flatMap((element) =>
        Array.from(
          { length: element.columnSpan },
          (_, index) => `${element.rowIndex}/${element.columnIndex + index}`,
        ),
      );
      expect(new Set(places).size).to.equal(places.length);
      for (const place of places) expect(Number(place.split("/")[1])).to.be.below(36);
    }
  });

  it("refuses a column that the lake does not have, a boolean, and what its type does not allow", () => {
    expect(() => typedColumn("daily_listening", "play")).to.throw(
      "The lake has no column daily_listening.play;",
    );
    expect(() => typedColumn("daily_plays", "plays")).to.throw("The lake has no column daily_plays.plays;");
    expect(() => typedColumn("stream_reads", "is_whole")).to.throw("which is boolean");
    expect(() => measure("v", "daily_listening", ["SUM", "played_on"])).to.throw("v cannot take the SUM of");
    expect(() => measure("v", "artist_plays", ["MAX", "artist_name"])).to.throw("v cannot take the MAX of");
    expect(() => dimension("v", "daily_listening", "played_on")).to.throw("give DAY, WEEK or MONTH");
    expect(() => dimension("v", "skips", ["reason", "DAY"])).to.throw("give DAY, WEEK or MONTH");
  });

  it("asks for its columns by name", () => {
    expect(sqlOf("artist_plays", "lake")).to.equal(
      "select listener_id, played_on, artist_name, item_key\nfrom lake.artist_plays\n" +
        "where is_counted and artist_name is not null",
    );
  });
});

interface Placed {
  layouts: [{ configuration: { gridLayout: { elements: Element[] } } }];
}

interface Element {
  columnIndex: number;
  columnSpan: number;
  rowIndex: number;
}
