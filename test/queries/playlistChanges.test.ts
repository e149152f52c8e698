import { expect } from "chai";
import { Answers } from "../support/answers";
import { entries, ms, playlist, read } from "../support/listRows";

/** What came into a playlist and left it, by hand: duplicates, moves, half reads. */
describe("playlist_changes", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open("Europe/Berlin");
  });
  afterEach(() => answers.close());

  const reads = async (...contents: string[][]) => {
    await answers.setRows("playlists", [playlist("p1", "Old"), playlist("p1", "New", { read_seq: 2 })]);
    await answers.setRows(
      "container_reads",
      contents.map((items, index) => read(index + 1, index + 1, items.length)),
    );
    await answers.setRows(
      "playlist_items",
      contents.flatMap((items, index) => entries(index + 1, items)),
    );
  };
  const changes = () =>
    answers.values(
      `select day(noticed_at), change, item_name, hour(added_at), item_position
         from playlist_changes order by 1, 2, 3, 4, 5`,
    );

  it("has what came and what went, and nothing of the first read, of moves and of what stayed", async () => {
    await reads(["a@01", "b@02", "c@03"], ["c@03", "a@01"], ["c@03", "a@01"], ["a@01", "c@03", "d@04"]);
    expect(await changes()).to.deep.equal([
      [2, "removed", "b", 2, 1],
      [4, "added", "d", 4, 2],
    ]);
  });

  it("tells the copies of a track apart, even those of one time", async () => {
    await reads(["a@01", "a@01", "a@02"], ["a@01", "a@02"], ["a@02", "a@02", "a@02"], ["a", "a"], ["a"]);
    expect(await changes()).to.deep.equal([
      [2, "removed", "a", 1, 1],
      [3, "added", "a", 2, 1],
      [3, "added", "a", 2, 2],
      [3, "removed", "a", 1, 0],
      [4, "added", "a", null, 0],
      [4, "added", "a", null, 1],
      [4, "removed", "a", 2, 0],
      [4, "removed", "a", 2, 1],
      [4, "removed", "a", 2, 2],
      [5, "removed", "a", null, 1],
    ]);
  });

  it("has an emptied list, one that fills, an entry added anew, and what turns unavailable", async () => {
    await reads(["a@01"], [], ["a@02", "b@03"], ["a@05", "?"]);
    expect(await changes()).to.deep.equal([
      [2, "removed", "a", 1, 0],
      [3, "added", "a", 2, 0],
      [3, "added", "b", 3, 1],
      [4, "added", "a", 5, 0],
      [4, "removed", "a", 2, 0],
      [4, "removed", "b", 3, 1],
    ]);
  });

  it("ignores a read with a missing row", async () => {
    await answers.setRows("container_reads", [read(1, 1, 1), read(2, 2, 2), read(3, 3, 1)]);
    await answers.setRows(
      "playlist_items",
      [1, 2, 3].flatMap((seq) => entries(seq, ["a@01"])),
    );
    expect(await changes()).to.deep.equal([]);
  });

  it("tells between which reads, and the day in the stack's time zone", async () => {
    await answers.setRows("playlists", [playlist("p1", "Old"), playlist("p1", "New", { read_seq: 2 })]);
    const late = read(2, 2, 0, { completed_at: ms("2026-03-02T23:30:00Z") });
    await answers.setRows("container_reads", [read(1, 1, 1), late]);
    await answers.setRows("playlist_items", entries(1, ["a@01"]));
    expect(await answers.answer("playlist_changes", { as_of: "2026-03-30" })).to.deep.equal([
      [
        "me",
        "2026-03-03 00:30:00",
        "2026-03-01 13:00:00",
        "New",
        "removed",
        "a",
        null,
        "2026-02-01 02:00:00",
        "p1",
      ],
    ]);
    expect(await answers.answer("playlist_changes", { as_of: "2026-03-02" })).to.deep.equal([]);
    expect(await answers.answer("playlist_changes", { as_of: "2026-03-31" })).to.deep.equal([]);
  });

  for (const [timezone, at] of [
    ["Pacific/Kiritimati", "2026-03-02T10:00:00Z"],
    ["Etc/GMT+12", "2026-03-04T11:59:00Z"],
  ] as const)
    it(`finds the first and the last minutes of a day in ${timezone}`, async () => {
      const there = await Answers.open(timezone);
      try {
        await there.setRows("container_reads", [read(1, 1, 1), read(2, 2, 0, { completed_at: ms(at) })]);
        await there.setRows("playlist_items", entries(1, ["a@01"]));
        const found = await there.answer("playlist_changes", { as_of: "2026-03-03", days: "1" });
        expect(found).to.have.lengthOf(1);
      } finally {
        there.close();
      }
    });
});
