import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { reportHtml } from "../../../cli/report/html";
import type { Row } from "../../../schemas";
import { Answers } from "../../support/answers";
import { drawn, openPage } from "../../support/browser";
import { entries, ms, playlist, read } from "../../support/listRows";
import { play } from "../../support/playRow";
import { reportOf } from "../../support/reportPage";

const timezone = "Europe/Berlin";
const asOf = "2026-03-10";

/** Lakes that lack something: the page says what, and what to do. */
describe("the report of a lake that is not whole", function () {
  this.timeout(60_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "states-"));
  const opened = openPage({ width: 1000, own: (url) => url.startsWith(pathToFileURL(dir).href) });
  after(() => fs.rmSync(dir, { recursive: true }));

  /** Opens the page of a lake with these rows. */
  async function open(tables: Record<string, Row[]>): Promise<void> {
    const answers = await Answers.open(timezone);
    try {
      for (const [name, rows] of Object.entries(tables)) await answers.setRows(name, rows);
      for (const view of ["all_plays", "artist_plays", "accepted_reads"]) await answers.keep(view);
      const file = path.join(dir, "page.html");
      fs.writeFileSync(file, reportHtml(await reportOf(answers, asOf, timezone)));
      await opened.page.goto(pathToFileURL(file).href);
      await drawn(opened.page);
    } finally {
      answers.close();
    }
    expect(opened.troubles).to.deep.equal([]);
  }
  const notes = () => opened.page.locator(".notes li").allTextContents();
  const summaries = (...ids: string[]) =>
    Promise.all(ids.map((id) => opened.page.locator(`#card-${id} .summary`).textContent()));

  it("says how to fill an empty one", async () => {
    await open({});
    expect(await opened.page.locator("main h2").allTextContents()).to.deep.equal([
      "Nothing is in this lake yet",
    ]);
    expect(await opened.page.locator("main li").allTextContents()).to.deep.equal([
      "npx spotify-lake login signs you in, npm start -- --out my-data reads your account.",
      "npx spotify-lake import my_spotify_data.zip --out my-data brings the plays before that, from the archive that Spotify sends you.",
      "npx spotify-lake report --out my-data makes this page again.",
    ]);
  });

  it("shows what an imported history has, and says what is missing", async () => {
    const heard = (at: string): Row => ({
      ...{ listener_id: "me", read_seq: 1, played_at: ms(at), ms_played: 180_000, item_type: "track" },
      ...{ item_key: "spotify:track:t1", track_id: "t1", item_name: "Song", artist_name: "Ann" },
      ...{ album_name: "Album", export_format: "extended" },
    });
    await open({ streaming_history: [heard("2024-05-01T10:00:00Z"), heard("2024-05-02T10:00:00Z")] });
    expect(await notes()).to.deep.equal([
      "Only imported history of me is here; playlists and saved tracks are missing: npx spotify-lake login signs you in, npm start -- --out my-data reads your account.",
    ]);
    // The shortest period that has plays.
    expect(await opened.page.locator("input:checked").getAttribute("value")).to.equal("36500");
    expect(await opened.page.locator("#card-top_artists .name").allTextContents()).to.deep.equal(["Ann"]);
    expect(await opened.page.locator("#card-year_in_review h4").allTextContents()).to.deep.equal(["2024"]);
    const library =
      "Nothing of the library was read yet: npx spotify-lake login signs you in, npm start -- --out my-data reads your account.";
    expect(
      await summaries(
        "playlist_overlap",
        "playlist_changes",
        "release_decades",
        "calls_used",
        "quality_failures",
      ),
    ).to.deep.equal([
      ...[
        library,
        library,
        library,
        "No run was made in the last 28 days.",
        "No quality rule failed in these days.",
      ],
    ]);
    await opened.page.locator("input[value='28']").check({ force: true });
    await drawn(opened.page);
    expect(await summaries("top_artists")).to.deep.equal([
      "Nothing was played in the last 28 days; choose a longer period above.",
    ]);
  });

  it("names what went wrong on a bad day, what needs a person first", async () => {
    const run = (day: string, more: Row): Row => ({
      ...{ run_id: day, listener_id: "me", snapshot_date: day, calls: 10, retries: 0, containers_read: 1 },
      ...{ containers_unchanged: 0, budget_used: 10, duration_ms: 900, token_days_left: 12 },
      ...{ started_at: ms(`${day}T04:00:00Z`), ended_at: ms(`${day}T04:01:00Z`), ...more },
    });
    await open({
      extract_runs: [
        run("2026-03-06", { status: "complete" }),
        run("2026-03-07", { status: "failed", stop_reason: "invalid_grant" }),
      ],
      plays: [
        play("t1", "2026-03-06T10:00:00Z", {
          source: "recently_played",
          fetched_at: ms("2026-03-06T11:00:00Z"),
        }),
      ],
      playlists: [playlist("p1", "Mix")],
      container_reads: [read(1, 6, 2)],
      // A row is missing.
      playlist_items: entries(1, ["a"]),
      quality_results: [
        {
          ...{
            listener_id: "me",
            severity: "block",
            table_name: "playlist_items",
            rule: "row_count",
            status: "failed",
          },
          ...{
            stream: "playlist_items",
            snapshot_date: "2026-03-07",
            fetched_at: ms("2026-03-07T04:00:00Z"),
          },
        },
      ],
      gaps: [
        {
          ...{ listener_id: "me", stream: "recently_played", gap_from: ms("2026-03-06T10:00:00Z") },
          ...{ gap_to: ms("2026-03-06T18:00:00Z"), fetched_at: ms("2026-03-06T19:00:00Z") },
        },
      ],
    });
    expect(await notes()).to.deep.equal([
      "The last run for me failed (invalid_grant): npx spotify-lake login signs in again.",
      "The sign-in of me ends in 9 days: npx spotify-lake login renews it.",
      "Nothing of me was read for 4 days: npx spotify-lake login signs you in, npm start -- --out my-data reads your account.",
      "Reads of playlist_items of me lack rows, so they do not count: npx spotify-lake verify --out my-data shows what is missing, replay builds it again.",
      "A quality rule kept data of me out of playlist_items in the last 30 days: docs/quality.md says what to do.",
      "1 gap in the plays of me: npx spotify-lake import EXPORT --out my-data adds what an export of the account's data has of it.",
    ]);
    expect(await opened.page.locator("#card-runs .value").allTextContents()).to.deep.equal(["1", "0", "1"]);
    expect(
      (await opened.page.locator("#card-quality_failures td").allTextContents()).slice(0, 5),
    ).to.deep.equal(["block", "playlist_items", "row_count", "–", "1"]);
  });

  it("shows podcasts where they are read, and has no part for them where they are not", async () => {
    const [first, second] = [7, 8].map((read_seq) =>
      read(read_seq, read_seq, 1, {
        stream: "saved_episodes",
        container_id: "saved_episodes",
        library_version: read_seq,
      }),
    );
    const episode = (read_seq: number, resume_position_ms: number): Row => ({
      ...{
        listener_id: "me",
        read_seq,
        library_version: read_seq,
        list_position: 0,
        added_at: ms("2026-03-01T00:00:00Z"),
      },
      ...{ episode_id: "e1", episode_name: "One", show_id: "s1", show_name: "Show", duration_ms: 7_200_000 },
      ...{ resume_position_ms, is_fully_played: false, snapshot_date: `2026-03-0${read_seq}` },
    });
    const plays = [play("t1", "2026-03-07T10:00:00Z", { duration_ms: 7_200_000 })];
    await open({ plays });
    expect(await opened.page.locator("#podcasts").isVisible()).to.equal(false);
    await open({
      plays,
      container_reads: [first!, second!],
      saved_episodes: [episode(7, 0), episode(8, 3_600_000)],
    });
    expect(await opened.page.locator("#podcasts").isVisible()).to.equal(true);
    expect(await summaries("podcasts_against_music")).to.deep.equal([
      "Mar 2026: 1 hour of podcasts, 2 of music.",
    ]);
    expect(await opened.page.locator("#card-podcasts_followed .name").allTextContents()).to.deep.equal([
      "Show0 of 1 saved episode finished",
    ]);
  });

  it("tells playlists of one title apart", async () => {
    const contents = { p1: ["a", "b"], p2: ["a"], p3: ["a"], p4: ["b"] };
    const reads = Object.entries(contents).map(([container_id, items], at) =>
      read(at + 1, 6, items.length, { container_id }),
    );
    await open({
      playlists: Object.keys(contents).map((id) => playlist(id, id === "p4" ? "Other" : "Mix")),
      container_reads: reads,
      playlist_items: Object.entries(contents).flatMap(([playlist_id, items], at) =>
        entries(at + 1, items, { playlist_id }),
      ),
    });
    const names = opened.page.locator("#card-playlist_summary .name");
    const shown = await names.evaluateAll((all) => all.map(({ firstChild }) => firstChild!.textContent));
    expect(shown.sort()).to.deep.equal(["Mix (1) (no. 1)", "Mix (1) (no. 2)", "Mix (2)", "Other"]);
    const labels = await opened.page.locator("#card-playlist_overlap svg text").allTextContents();
    expect(labels.filter((text) => text.includes("Mix"))).to.have.length(3);
  });

  it("shows the listener who is chosen", async () => {
    const of = (listener_id: string, id: string) => play(id, "2026-03-09T10:00:00Z", { listener_id });
    await open({ plays: [of("ann", "t1"), of("bob", "t2")] });
    const artists = () => opened.page.locator("#card-top_artists .name").allTextContents();
    const first = await opened.page.locator("select").inputValue();
    expect(await artists()).to.deep.equal([first === "ann" ? "Artist t1" : "Artist t2"]);
    await opened.page.locator("select").selectOption("bob");
    await drawn(opened.page);
    expect(await artists()).to.deep.equal(["Artist t2"]);
  });
});
