import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { codeOf } from "../../handlers/shared/errors";
import { Lake } from "../../cloud/lake/lake";
import { uriOf } from "../../simulator/model";
import type { Mishap } from "../support/extractWorld";
import { sourceManifest } from "../../cloud/memory/sourceManifest";
import { fillLake } from "../../cloud/memory/memoryLake";
import { missingPlays, playName } from "../support/plays";
import { expectedItems } from "../support/truth";
import { hourMs, TruthWorld, type Beginning } from "../support/truthWorld";

/** What happens next: hours go by, the library may change after so many calls, an event arrives. */
interface Step {
  hours: number;
  changeAfter: number | null;
  event: "main" | "plays" | "main twice at once" | "main and plays at once";
  /** The process dies, or loses an answer, at this operation; the event is delivered again then. */
  mishap: { at: number; kind: Mishap } | null;
}

const beginnings: fc.Arbitrary<Beginning> = fc.record({
  seed: fc.nat(1_000_000),
  mode: fc.constantFrom("development", "extended", "pre2026"),
  listeners: fc.constantFrom(["me"], ["me"], ["me", "ann"]),
  callBudget: fc.constantFrom(12, 25, 60, 600),
  faultRate: fc.constantFrom(0, 0.02, 0.2),
  quota: fc.constantFrom(0, 0, 7, 30),
});
const mishaps: Mishap[] = ["dies before", "dies after", "answer lost", "answer lost, retried"];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    hours: fc.constantFrom(1, 3, 20, 50),
    changeAfter: fc.option(fc.nat(25), { nil: null }),
    event: fc.constantFrom("main", "main", "plays", "plays", "main twice at once", "main and plays at once"),
    mishap: fc.option(fc.record({ at: fc.nat(60), kind: fc.constantFrom(...mishaps) }), {
      nil: null,
      freq: 2,
    }),
  }),
  { minLength: 2, maxLength: 7 },
);

/** Failures that a run may end with while things go wrong; Lambda delivers the event again, or the next one goes on. */
const usual = [
  undefined,
  "fenced",
  "lease_taken",
  "storage",
  "server_error",
  "unavailable",
  "network",
  "malformed",
  "timeout",
];

/** True if a run may end before what it has read has landed. */
const mayLose = ({ event, mishap }: Step) => mishap !== null || event === "main twice at once";

/** Lambda's way with an event: three attempts, each after the last one's lease has run out. */
async function deliver(world: TruthWorld, event: string, { event: kind, mishap }: Step): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      await world.run(event, kind === "plays", attempt === 1 && mishap ? mishap : undefined);
      return;
    } catch (error) {
      expect(usual, `${(error as Error).message}`).to.include(codeOf(error));
      world.clock.ms += 20 * 60_000;
    }
  }
}

async function live(world: TruthWorld, all: Step[]): Promise<void> {
  for (const [index, step] of all.entries()) {
    world.clock.ms += step.hours * hourMs;
    if (step.changeAfter !== null) world.changeAfter(step.changeAfter);
    const [one, other] = [
      `event-${index}`,
      step.event.startsWith("main twice") ? `event-${index}` : `other-${index}`,
    ];
    const together = step.event.endsWith("at once")
      ? [
          deliver(world, other, {
            ...step,
            event: step.event.includes("plays") ? "plays" : "main",
            mishap: null,
          }),
        ]
      : [];
    await Promise.all([deliver(world, one, step), ...together]);
  }
}

/** Lets runs follow until one is complete and has nothing left to do. */
async function complete(world: TruthWorld): Promise<void> {
  world.calmDown();
  for (let day = 0; day < 5; day += 1) {
    world.clock.ms += 24 * hourMs;
    if ((await world.run(`calm-${day}`)).status === "complete") return;
  }
  throw new Error("The runs never came to an end.");
}

describe("whatever happens, the lake comes to hold the truth", function () {
  const numRuns = Number(process.env.TRUTH_RUNS ?? 40);
  this.timeout(numRuns * 6_000 + 60_000);
  let dir: string;
  let lake: Lake;
  before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "truth-"));
    lake = await Lake.open(sourceManifest(), dir);
  });
  after(() => {
    lake.close();
    fs.rmSync(dir, { recursive: true });
  });

  const values = async (sql: string) => {
    const { columns, rows } = await lake.query(sql);
    return rows.map((row) => columns.map((column) => row[column]));
  };

  async function checkLibrary({ library, beginning: { mode } }: TruthWorld, listener: string) {
    const of = `where listener_id = '${listener}'`;
    expect(
      await values(
        `select playlist_id, item_position, item_type, item_uri, epoch_ms(added_at) from current_playlist_items ${of} order by 1, 2`,
      ),
      "contents of playlists",
    ).to.deep.equal(expectedItems(library, mode));
    const saved = library.saved.map(({ track, addedAt }) => [uriOf(track), Date.parse(addedAt)]);
    expect(
      await values(`select item_uri, epoch_ms(added_at) from current_saved_tracks ${of}`),
      "saved tracks",
    ).to.have.deep.members(saved);
    expect(
      (await values(`select album_id from current_saved_albums ${of}`)).flat(),
      "saved albums",
    ).to.have.members(library.savedAlbums.flatMap((saved) => saved?.album.id ?? []));
    expect(
      (await values(`select artist_id from current_followed_artists ${of}`)).flat(),
      "followed artists",
    ).to.have.members(library.followed.map(({ id }) => id));
  }

  async function checkPlays(world: TruthWorld, listener: string, isWhole: boolean) {
    const of = `where listener_id = '${listener}'`;
    const held = (
      (await values(`select epoch_ms(played_at), item_uri from all_plays ${of}`)) as [number, string][]
    ).map((play) => play.join(" "));
    expect(new Set(held).size, "each play once").to.equal(held.length);
    expect([...world.returnedAt.keys()].map(playName), "returned plays").to.include.members(held);
    const gaps = await values(`select epoch_ms(gap_from), epoch_ms(gap_to) from gaps ${of}`);
    const known = { held: new Set(held), gaps: gaps as [number, number][] };
    const { listening, returnedAt, clock } = world;
    const { returned, visible } = missingPlays(known, { listening, returnedAt, now: clock.ms }, isWhole);
    expect(visible.map(playName), "visible, and missing").to.deep.equal([]);
    // With two listeners, what was returned to one may be unknown to the other.
    if (world.beginning.listeners.length === 1)
      expect(returned.map(playName), "returned, and missing").to.deep.equal([]);
  }

  it("playlists, saved tracks and albums, artists, and every play once or in a gap", async () => {
    let plays = 0;
    let gaps = 0;
    await fc.assert(
      fc.asyncProperty(beginnings, steps, (beginning, all) =>
        TruthWorld.with({ ...beginning }, async (world) => {
          await live(world, all);
          await complete(world);
          await fillLake(lake, world.bucket, dir);
          for (const listener of beginning.listeners) {
            await checkLibrary(world, listener);
            await checkPlays(world, listener, !all.some(mayLose));
          }
          plays += world.returnedAt.size;
          gaps += (await values("select * from gaps")).length;
        }),
      ),
      { numRuns, ...(process.env.TRUTH_SEED && { seed: Number(process.env.TRUTH_SEED) }) },
    );
    if (numRuns < 40) return;
    expect(plays, "plays were returned").to.be.greaterThan(0);
    expect(gaps, "gaps were recorded").to.be.greaterThan(0);
  });
});
