import { expect } from "chai";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";
import { ms, read } from "../support/listRows";
import { play } from "../support/playRow";

/** What the report asks at a glance, by hand: periods and the ones before, years, what is saved and never heard. */
describe("named queries of the report", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open("Europe/Berlin");
  });
  afterEach(() => answers.close());

  it("period_summary compares each period with as many days before", async () => {
    await answers.setRows("plays", [
      play("old", "2024-01-01T12:00:00Z"),
      play("a", "2026-03-01T12:00:00Z"),
      // The last day of the seven before.
      play("a", "2026-03-08T12:00:00Z"),
      play("b", "2026-03-08T13:00:00Z"),
      // Berlin's first day of the last seven.
      play("b", "2026-03-08T23:00:00Z"),
      play("c", "2026-03-15T22:59:59Z", { artist_name: "Artist a" }),
      play("d", "2026-03-15T20:00:00Z"),
      play("after", "2026-03-15T23:00:00Z"),
    ]);
    expect(await answers.answer("period_summary", { as_of: "2026-03-15" })).to.deep.equal([
      // days, plays, minutes, tracks, artists, new artists, days heard; before: plays, minutes, tracks, artists, new
      ["me", 7, 3, 9, 3, 3, 1, 2, 2, 6, 2, 2, 1],
      ["me", 28, 6, 18, 4, 3, 3, 4, 0, 0, 0, 0, 0],
      ["me", 90, 6, 18, 4, 3, 3, 4, 0, 0, 0, 0, 0],
      ["me", 365, 6, 18, 4, 3, 3, 4, 0, 0, 0, 0, 0],
      ["me", 36500, 7, 21, 5, 4, 4, 5, 0, 0, 0, 0, 0],
    ]);
    const later = await answers.answer("period_summary", { as_of: "2026-12-31" });
    expect(later.find(([, days]) => days === 365)!.slice(2, 9)).to.deep.equal([7, 21, 5, 4, 4, 5, 0]);
  });

  it("period_summary has a period without plays if the one before has some", async () => {
    await answers.setRows("plays", [play("a", "2026-03-01T12:00:00Z")]);
    const [first] = await answers.answer("period_summary", { as_of: "2026-03-10" });
    expect(first).to.deep.equal(["me", 7, 0, 0, 0, 0, 0, 0, 1, 3, 1, 1, 1]);
  });

  it("year_in_review has what stood out in each year, equal plays by name", async () => {
    const loud: Row = { artist_name: "Artist a", duration_ms: 600_000 };
    await answers.setRows("plays", [
      // 2025 has ended in Berlin.
      play("a", "2025-12-31T23:00:00Z", loud),
      play("b", "2025-12-31T22:59:59Z"),
      play("a", "2025-06-01T12:00:00Z"),
      play("b", "2026-02-01T12:00:00Z"),
      play("a", "2026-02-02T12:00:00Z", loud),
      play("z", "2026-02-03T12:00:00Z", { artist_name: null }),
      play("after", "2026-02-04T12:00:00Z"),
    ]);
    expect(await answers.answer("year_in_review", { as_of: "2026-02-03" })).to.deep.equal([
      ["me", 2025, 2, 6, 2, 2, 2, 2, "Artist a", 1, "Track a", "Artist a", 1, "2025-06-01", 3],
      ["me", 2026, 4, 26, 3, 2, 0, 4, "Artist a", 2, "Track a", "Artist a", 2, "2026-01-01", 10],
    ]);
  });

  it("saved_and_heard finds plays by id and by title, and forgotten_favourites gives as many as are asked for", async () => {
    const saved = (id: string, added_at: string, list_position: number): Row => ({
      ...{ listener_id: "me", read_seq: 90, library_version: 90, list_position, item_type: "track" },
      ...{
        track_id: id,
        item_uri: `spotify:track:${id}`,
        item_name: `Track ${id}`,
        artist_name: `Artist ${id}`,
      },
      added_at: ms(added_at),
    });
    await answers.setRows("container_reads", [
      read(90, 1, 4, { stream: "saved_tracks", container_id: "saved_tracks" }),
    ]);
    await answers.setRows("saved_tracks", [
      saved("lately", "2024-12-31T22:59:59Z", 0),
      saved("before", "2024-05-01T00:00:00Z", 1),
      saved("never", "2024-05-02T00:00:00Z", 2),
      // 2025 has begun in Berlin.
      saved("relinked", "2024-12-31T23:00:00Z", 3),
    ]);
    await answers.setRows("plays", [
      play("lately", "2026-03-01T12:00:00Z"),
      play("before", "2025-01-01T12:00:00Z"),
      play("other-id", "2026-03-02T12:00:00Z", {
        track_name: "Track relinked",
        artist_name: "Artist relinked",
      }),
    ]);
    const as_of = "2026-03-10";
    expect(await answers.answer("saved_and_heard", { as_of })).to.deep.equal([
      ["me", 2024, 3, 1, 1, 1],
      ["me", 2025, 1, 1, 0, 0],
    ]);
    const forgotten = async (limit: string) =>
      (await answers.answer("forgotten_favourites", { as_of, limit })).map((row) => row[1]);
    expect(await forgotten("10")).to.deep.equal(["Track before", "Track never"]);
    expect(await forgotten("1")).to.deep.equal(["Track before"]);
  });
});
