import { expect } from "chai";
import { pack, unpack } from "../../../cli/report/packing";
import type { PageAnswer, ReportData } from "../../../cli/report/reportData";

const dayMs = 86_400_000;

function answer(columns: string[], rows: PageAnswer["rows"]): PageAnswer {
  const kinds = columns.map(() => "other" as const);
  return { query: "q", title: "", question: "", sql: "select 1", columns, kinds, rows };
}

function dataOf(answers: ReportData["answers"]): ReportData {
  return { answers } as ReportData;
}

describe("the packing of answers", () => {
  it("gives back what was packed, whatever the cells are", () => {
    const answers = {
      none: answer(["a"], []),
      mixed: answer(
        ["text", "number", "flag"],
        [
          ["1", 1, true],
          ["1", null, true],
          ["1", 1, null],
          ["__proto__", 1, false],
          ["", 0, false],
        ],
      ),
    };
    const packed = JSON.parse(JSON.stringify(pack(dataOf(answers)))) as ReturnType<typeof pack<ReportData>>;
    expect(unpack(packed)).to.deep.equal(dataOf(answers));
  });

  it("makes three years of changes, forty times a day from 2000 tracks, less than a quarter as large", () => {
    const rows = Array.from({ length: 3 * 365 * 40 }, (_, at): PageAnswer["rows"][number] => {
      const day = new Date(Date.UTC(2026, 0, 1) + Math.floor(at / 40) * dayMs).toISOString().slice(0, 10);
      const track = (at * 7919) % 2000;
      return [
        ...[
          "me",
          `${day} 04:15:00`,
          `Playlist of a usual length ${at % 50}`,
          at % 3 === 0 ? "removed" : "added",
        ],
        ...[`A track of a usual length ${track}`, `An artist ${track % 400}`, `id${at % 50}`],
      ];
    });
    const columns = [
      "listener_id",
      "noticed_at",
      "playlist_name",
      "change",
      "item_name",
      "artist_name",
      "playlist_id",
    ];
    const data = dataOf({ changes: answer(columns, rows) });
    const size = JSON.stringify(pack(data)).length;
    expect(size)
      .to.be.below(JSON.stringify(data).length / 4)
      .and.below(1_500_000);
  });
});
