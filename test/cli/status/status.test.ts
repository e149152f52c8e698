import * as path from "node:path";
import { expect } from "chai";
import { memoryStore } from "../../../cloud/memory/memoryStore";
import { stateKey } from "../../../handlers/state/session";
import { markerKey } from "../../../handlers/transform/sealedMonths";
import { plain } from "../../../cli/lib/paint";
import { statusText } from "../../../cli/status/print";
import { statusOf, type StatusPlace } from "../../../cli/status/status";
import { run } from "../../support/commandLine";
import { makeFolder } from "../../support/folders";

const now = Date.UTC(2026, 2, 10, 12);
type Row = Record<string, string | number | null>;

const runOf = (more: Row = {}): Row => ({
  listener_id: "me",
  started_at: "2026-03-10 04:15:00.000",
  status: "complete",
  stop_reason: null,
  calls: 12,
  ...more,
});

/** A lake with these answers and this state of extract. */
async function placeWith({
  runs = [runOf()],
  gaps = 0,
  daysLeft = 100 as number | null,
  failures = {},
  state = {},
  freshness = [] as Row[],
  blocked = [] as Row[],
}): Promise<StatusPlace> {
  const [raw, lake] = [memoryStore(), memoryStore()];
  const empty = { format: 1, budget: { day: "2026-03-10", reserved: 40 }, lease: null, not_before: null };
  await raw.put(stateKey, Buffer.from(JSON.stringify({ ...empty, ...state })), { ifNoneMatch: "*" });
  const places = ["2026-01/31", "2026-02/28", "2026-03/07"];
  for (const key of [markerKey("2026-01"), ...places.map((at) => `sealed/g1/plays/snapshot_month=${at}/a`)])
    await lake.put(key, Buffer.from("{}"), { ifNoneMatch: "*" });
  const answers: Record<string, Row[]> = {
    runs,
    play_gaps: Array.from({ length: gaps }, () => ({ listener_id: "me", plays_known: 0 })),
    token_days_left: runs.length === 0 ? [] : [{ listener_id: "me", days_left: daysLeft }],
    freshness,
    quality_failures: blocked,
  };
  return {
    now,
    rules: { everything: "cron(15 4 ? * MON *)", plays: "rate(1 hour)" },
    callBudget: 600,
    raw,
    lake,
    ask: (query) => Promise.resolve({ columns: [], rows: answers[query]! }),
    failures: () => Promise.resolve(failures),
    countPartitions: () => Promise.resolve(21),
  };
}

describe("status", () => {
  it("says what ran last and runs next, what is left of the calls, and how many months are sealed", async () => {
    const runs = [runOf(), runOf({ listener_id: "ann" }), runOf({ calls: 3 })];
    expect(await statusOf(await placeWith({ runs }), { option: "" })).to.deep.equal({
      at: "2026-03-10T12:00:00.000Z",
      last_runs: [
        {
          listener: "me",
          started_at: "2026-03-10 04:15:00.000",
          status: "complete",
          stop_reason: null,
          calls: 3,
        },
        {
          listener: "ann",
          started_at: "2026-03-10 04:15:00.000",
          status: "complete",
          stop_reason: null,
          calls: 12,
        },
      ],
      next_runs: [
        { reads: "everything", at: "2026-03-16T04:15:00.000Z" },
        { reads: "plays", at: "2026-03-10T12:00:00.000Z" },
      ],
      calls: { budget: 600, reserved: 40, left: 560 },
      not_before: null,
      running: null,
      gaps: 0,
      failures: {},
      partitions: 21,
      sealed_months: ["2026-01", "2026-02"],
      sign_ins: [{ listener: "me", days_left: 100 }],
      advice: [],
    });
  });

  it("counts no call, lease or wait of earlier", async () => {
    const lease = { event: "e", run: "r", expires: "2026-03-10T11:00:00.000Z" };
    const state = {
      budget: { day: "2026-03-09", reserved: 600 },
      lease,
      not_before: "2026-03-10T11:59:00.000Z",
    };
    const found = await statusOf(await placeWith({ state }), { option: "" });
    expect(found).to.deep.include({ not_before: null, running: null });
    expect(found.calls.left).to.equal(600);
  });

  it("advises the most urgent first, in commands that name the lake", async () => {
    const lease = { event: "e", run: "run-1", expires: "2026-03-10T12:10:00.000Z" };
    const state = { lease, not_before: "2026-03-10T13:00:00.000Z" };
    const runs = [runOf({ status: "failed", stop_reason: "invalid_grant" })];
    const more = { runs, state, gaps: 2, daysLeft: 0, failures: { extract: 0, transform: 1 } };
    const freshness: Row[] = [
      { listener_id: "me", stream: "plays", days_ago: null, incomplete_reads: 1 },
      { listener_id: "me", stream: "playlists", days_ago: 3, incomplete_reads: 0 },
    ];
    const blocked = [{ listener_id: "me", severity: "block", table_name: "playlists" }];
    const found = await statusOf(await placeWith({ ...more, freshness, blocked }), {
      stack: "dev",
      option: " --stack dev",
    });
    expect(found.running).to.deep.equal({ run: "run-1", until: "2026-03-10T12:10:00.000Z" });
    expect(found.advice.map(({ kind, text }) => `${kind}: ${text}`)).to.deep.equal([
      "act: The sign-in of me has ended: npx spotify-lake login --stack dev --listener me renews it.",
      "act: The last run for me failed (invalid_grant): npx spotify-lake login --stack dev --listener me signs in again.",
      "act: 1 failed event of transform waits: npx spotify-lake redrive --dry-run --stack dev shows why.",
      "act: Nothing of me was read for 3 days: npx spotify-lake extract --stack dev reads it now.",
      "act: Reads of plays of me lack rows, so they do not count: npx spotify-lake verify --stack dev shows what is missing, replay builds it again.",
      "act: A quality rule kept data of me out of playlists in the last 30 days: docs/quality.md says what to do.",
      "know: Spotify wants no call before 2026-03-10 13:00:00 UTC; runs wait for that by themselves.",
      "know: 2 gaps in the plays of me: npx spotify-lake import EXPORT --stack dev adds what an export of the account's data has of them.",
    ]);
    const text = statusText(found, { width: 80, paint: plain });
    expect(text).to.match(
      /^listener +last run +status +reason +calls +sign-in days\nme +2026-03-10 04:15:00 /,
    );
    expect(text).to.include("\nrunning          run-1, until 2026-03-10 12:10:00 UTC at the latest\n");
    expect(text).to.include("\nsealed months    2, the last 2026-02\n");
    expect(text).to.match(/\nTo do\n1\. The sign-in .*\n2\. [^]*\n\nTo know\n- Spotify wants .*\n- 2 gaps /);
  });

  it("warns of a sign-in that ends soon, and not of one that has no end", async () => {
    const adviceAt = async (daysLeft: number | null) =>
      (await statusOf(await placeWith({ daysLeft }), { option: "" })).advice.map(({ text }) => text);
    expect(await adviceAt(1)).to.deep.equal([
      "The sign-in of me ends in 1 day: npx spotify-lake login renews it.",
    ]);
    expect(await adviceAt(21)).to.deep.equal([]);
    expect(await adviceAt(null)).to.deep.equal([]);
  });

  it("names the first command of an empty lake, and one that is not there", async () => {
    const place = await placeWith({ runs: [] });
    expect((await statusOf(place, { option: " --out x" })).advice).to.deep.equal([
      {
        kind: "act",
        text: "Nothing was read yet: npx spotify-lake login signs you in, npm start -- --out x reads your account.",
      },
    ]);
    const none = path.join(makeFolder(), "none");
    expect(await run("status", ["--out", none])).to.deep.equal({
      code: 1,
      stdout: "",
      stderr: `There is no lake in ${none} yet; make one with npm start -- --out ${none}.\n`,
    });
  });
});
