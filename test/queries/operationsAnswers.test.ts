import { expect } from "chai";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";
import { entries, ms, playlist, read } from "../support/listRows";

/** What runs cost and what reads hold, by hand. */
describe("views and named queries, of runs and reads", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open("Europe/Berlin");
  });
  afterEach(() => answers.close());

  it("completeness and freshness tell what is held, what is outdated, and what is half there", async () => {
    const listed = { source: "playlists", read_seq: 1, item_count: 2 };
    await answers.setRows("playlists", [...["p1", "p2", "p3", "p4"].map((id) => playlist(id, id, listed))]);
    await answers.setRows("container_reads", [
      read(1, 1, 4, { stream: "playlists", container_id: "playlists" }),
      read(2, 2, 2, { container_version: "v1", skipped_count: 1 }),
      read(3, 3, 2, { container_id: "p2", container_version: "v0" }),
      read(4, 4, 2, { container_id: "p3", container_version: "v1" }),
    ]);
    await answers.setRows("playlist_items", [
      ...entries(2, ["a", "b"]),
      ...entries(3, ["a", "b"], { playlist_id: "p2" }),
      // A row is missing.
      ...entries(4, ["a"], { playlist_id: "p3" }),
    ]);
    const skip = { listener_id: "me", stream: "playlist_items", item_position: -1, reason: "not_owned" };
    await answers.setRows("skips", [{ ...skip, container_id: "p4", run_id: "r1" }]);
    expect(await answers.answer("completeness")).to.deep.equal([["me", 4, 1, 1, 1, 1, 8, 4]]);
    expect(await answers.answer("freshness", { as_of: "2026-03-11" })).to.deep.equal([
      ["me", "playlists", "2026-03-01 13:00:00", 10, 4, 1, 0, 0],
      ["me", "playlist_items", "2026-03-03 13:00:00", 8, 2, 3, 1, 1],
    ]);
  });

  it("token_days_left counts from the day that is asked for, calls_used and runs look back so far only", async () => {
    const run = (run_id: string, day: string, more: Row = {}): Row => ({
      ...{ run_id, listener_id: "me", snapshot_date: day, status: "complete", calls: 10, retries: 1 },
      ...{
        containers_read: 2,
        containers_unchanged: 3,
        budget_used: 40,
        duration_ms: 5,
        token_days_left: null,
      },
      ...{ started_at: ms(`${day}T05:00:00Z`), ended_at: ms(`${day}T05:01:00Z`), ...more },
    });
    await answers.setRows("extract_runs", [
      run("r1", "2026-03-01", { token_days_left: 100 }),
      run("r2", "2026-03-02", { token_days_left: 99, budget_used: 50 }),
      run("r3", "2026-03-02", {
        ...{ status: "failed", stop_reason: "invalid_grant", calls: 1, budget_used: 20 },
        ended_at: ms("2026-03-02T05:02:00Z"),
      }),
      run("r3", "2026-03-02", { listener_id: "ann", calls: 2, budget_used: 60 }),
    ]);
    expect(await answers.answer("token_days_left", { as_of: "2026-04-01" })).to.deep.equal([
      ["me", 69, "2026-06-09", "2026-03-02", "failed"],
      ["ann", null, null, null, "complete"],
    ]);
    const secondDay = ["2026-03-02", 2, 1, 0, 1, 13, 3, 60, 6];
    expect(await answers.answer("calls_used", { as_of: "2026-03-02", days: "1" })).to.deep.equal([secondDay]);
    expect(await answers.answer("calls_used", { as_of: "2026-03-03" })).to.deep.equal([
      ["2026-03-01", 1, 1, 0, 0, 10, 1, 40, 2],
      secondDay,
    ]);
    const runs = await answers.answer("runs", { as_of: "2026-03-01" });
    expect(runs).to.deep.equal([["me", "2026-03-01 06:00:00", "complete", null, 10, 2, 3, 0, 5, 100]]);
  });
});
