import * as fs from "node:fs";
import * as path from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { Store } from "../../handlers/shared/store";
import { readPartitions } from "../../cloud/glue/partitions";
import { QueueFiles, type StoredMessage } from "../../cloud/aws/queues";
import { SimulatedClock } from "../../cloud/clock";
import { Cloud } from "../../cloud/cloud";
import { Lake } from "../../cloud/lake/lake";
import { manifestOf, type Manifest } from "../../cloud/lake/manifest";
import { redrive } from "../../cli/redrive/redrive";
import { evaluateProgram } from "../../cli/lib/run";
import { libraryAt } from "../../simulator/library";
import { uriOf, type Library } from "../../simulator/model";
import { SpotifySimulator, type SimulatedRequest } from "../../simulator/server";
import type { Program } from "../../cloud/types";
import { verify } from "../../cli/verify/verify";
import { expectedItems } from "../support/truth";
import { Killer, type Moment } from "./killer";

const hourMs = 3_600_000;
const simulation = {
  seed: "killed",
  start: Date.parse("2026-03-02T00:00:00Z"),
  size: { playlists: 10, tracks: 60, saved: 70, albums: 1, followed: 1 },
};
const firstRead = simulation.start + 4 * hourMs;
/** A week later much of the library has changed. */
const readAgain = firstRead + 7 * 24 * hourMs;
const sources = ["recently_played", "playlists", "playlist_items", "saved_tracks"];

/** The program, and the folder of a cloud in which it has read a library once. */
export interface Beginning {
  program: Program;
  manifest: Manifest;
  dir: string;
}

/** Evaluates the real program and lets it read the library once, undisturbed. */
export async function begin(root: string): Promise<Beginning> {
  const dir = path.join(root, "beginning");
  const settings = { sources: JSON.stringify(sources), tableFormat: "csv" };
  const program = await evaluateProgram({ settings, credentials: undefined, out: dir }, firstRead);
  const beginning = { program, manifest: manifestOf(program), dir };
  const world = await KilledWorld.start(beginning, dir, firstRead);
  try {
    world.cloud.fire("schedule");
    await world.cloud.settle();
    await world.checkAtRest();
  } finally {
    await world.stop();
  }
  return beginning;
}

/** The embedded cloud with a simulated Spotify, a week after the library was read, and what is killed in it. */
export class KilledWorld {
  cloud!: Cloud;
  /** Called before Spotify answers. */
  onSpotify: (request: SimulatedRequest) => void | Promise<void> = () => undefined;
  readonly clock: SimulatedClock;
  readonly simulator: SpotifySimulator;
  private readonly killers: Killer[] = [];
  /** How many processes each kill met, once they are gone. */
  private readonly kills: Promise<number>[] = [];
  /** Copies of the lake as a reader saw it right after each kill. */
  private readonly seen: string[] = [];

  private constructor(
    readonly beginning: Beginning,
    readonly dir: string,
    now: number,
  ) {
    this.clock = new SimulatedClock(now);
    this.simulator = new SpotifySimulator({
      ...simulation,
      clock: this.clock,
      onRequest: (request) => this.onSpotify(request),
    });
  }

  /** A world of its own, which begins where the first reading ended. */
  static async copy(beginning: Beginning, dir: string): Promise<KilledWorld> {
    for (const part of ["s3", "glue"])
      fs.cpSync(path.join(beginning.dir, part), path.join(dir, part), { recursive: true });
    return KilledWorld.start(beginning, dir, readAgain);
  }

  /** @param now ms UTC */
  static async start(beginning: Beginning, dir: string, now: number): Promise<KilledWorld> {
    const world = new KilledWorld(beginning, dir, now);
    const url = await world.simulator.start();
    world.cloud = await Cloud.start({
      program: beginning.program,
      dir,
      clock: world.clock,
      environment: { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url },
      log: (name, line) => process.env.DEBUG && console.error(`${name}: ${line}`),
      retryWaits: [1],
    });
    return world;
  }

  async stop(): Promise<void> {
    for (const killer of this.killers) killer.stop();
    await this.cloud.stop();
    await this.simulator.close();
  }

  /** Kills the processes of a function, and keeps what a reader of the lake sees then. */
  kill(name: string): void {
    this.kills.push(this.cloud.kill(name));
    const copy = path.join(this.dir, `seen-${this.seen.length}`);
    for (const part of [path.join("s3", this.beginning.manifest.lakeBucket), "glue"])
      fs.cpSync(path.join(this.dir, part), path.join(copy, part), { recursive: true });
    this.seen.push(copy);
  }

  /** Kills the processes of functions at a moment; each must be at work then. */
  killAt(names: string[], moment: Moment): Killer {
    const killer = new Killer(moment, () => names.forEach((name) => this.kill(name)));
    this.killers.push(killer);
    return killer;
  }

  /** Lets the rule of the daily reading fire and waits until nothing is under way. */
  async read(): Promise<void> {
    this.cloud.fire("schedule");
    await this.cloud.settle();
  }

  /** Messages in the failure queue of a function. */
  failed(name: string): StoredMessage[] {
    const { resources } = this.beginning.program;
    const queue = resources.find(
      (one) => one.type === "aws:sqs/queue:Queue" && one.name === `${name}-failures`,
    )!;
    return new QueueFiles(this.dir, this.clock).list(String(queue.outputs.name));
  }

  /** Sends all failed events again, as `npx spotify-lake redrive` does, and returns how many there were. */
  async redrive(): Promise<number> {
    const { cloud } = this;
    const local = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
    const sqs = new SQSClient({ ...local, endpoint: cloud.endpoints.sqs, useQueueUrlAsEndpoint: false });
    const lambda = new LambdaClient({ ...local, endpoint: cloud.endpoints.lambda });
    const { sent } = await redrive({ sqs, lambda }, cloud.queueUrls, { dryRun: false });
    await cloud.settle();
    return sent;
  }

  /** That so many kills have met a process, and that nobody saw anything half-done after them. */
  async checkKills(times: number): Promise<void> {
    const met = await Promise.all(this.kills);
    expect(met, "processes killed").to.have.length(times);
    expect(Math.min(...met), "processes killed each time").to.be.at.least(1);
    for (const dir of this.seen) await this.checkSeen(dir);
  }

  /** All that must hold once nothing is under way any more. */
  async checkAtRest(): Promise<void> {
    for (const name of ["extract", "transform"]) expect(this.failed(name), `failures of ${name}`).to.be.empty;
    const library = this.simulator.library();
    await inLake(this.beginning.manifest, this.dir, async (lake) => {
      expect(await itemsIn(lake)).to.deep.equal(expectedItems(library));
      expect(await savedIn(lake)).to.deep.equal(expectedSaved(library));
      const { rows } = await lake.query(
        "select concat(epoch_ms(played_at), ' ', item_uri) as play from all_plays order by play",
      );
      const held = rows.map(({ play }) => String(play));
      expect(new Set(held).size, "plays stand once").to.equal(held.length);
      const returned = [...this.simulator.returnedPlays.keys()].map(
        (play) => `${play.playedAt} ${uriOf(play.track)}`,
      );
      expect(returned).not.to.be.empty;
      expect(held).to.include.members(returned);
      const unaccepted = await lake.query(
        "select read_seq from container_reads except select read_seq from accepted_reads",
      );
      expect(unaccepted.rows, "reads without all their rows").to.be.empty;
    });
    expect(await this.problems(), "verify").to.deep.equal([]);
  }

  /** What `npx spotify-lake verify` finds of this day. */
  private async problems(): Promise<unknown[]> {
    const { manifest } = this.beginning;
    const partitions = readPartitions(this.dir, manifest.database);
    const today = new Date(this.clock.now()).toISOString().slice(0, 10);
    const ofToday = (name: string): Store => {
      const store = this.cloud.store(name);
      const list = async (prefix: string) => (await store.list(prefix)).filter((key) => key.includes(today));
      return { ...store, list };
    };
    const deps = {
      raw: ofToday("raw"),
      lake: ofToday("lake"),
      days: async (name: string) =>
        new Set(partitions.filter(({ table }) => table === name).map(({ values }) => values[0]!)),
      progress: () => undefined,
    };
    return (await verify(deps, { format: manifest.tableFormat })).problems;
  }

  /** Each playlist and the saved tracks show as they were a week ago or as they are now, and none has vanished. */
  private async checkSeen(dir: string): Promise<void> {
    const [before, after] = [firstRead, readAgain].map((now) => libraryAt({ ...simulation, now }));
    const [was, is] = [before!, after!].map((library) => byPlaylist(expectedItems(library)));
    await inLake(this.beginning.manifest, dir, async (lake) => {
      const held = byPlaylist(await itemsIn(lake));
      for (const [id, items] of held)
        expect(items, `playlist ${id}`).to.be.oneOf([was!.get(id), is!.get(id)]);
      for (const id of was!.keys())
        if (is!.has(id)) expect([...held.keys()], "playlists that show").to.include(id);
      const saved = JSON.stringify(await savedIn(lake));
      expect(saved, "saved tracks").to.be.oneOf(
        [before!, after!].map(expectedSaved).map((one) => JSON.stringify(one)),
      );
    });
  }
}

async function inLake<T>(manifest: Manifest, dir: string, use: (lake: Lake) => Promise<T>): Promise<T> {
  const lake = await Lake.open(manifest, dir);
  try {
    return await use(lake);
  } finally {
    lake.close();
  }
}

async function itemsIn(lake: Lake): Promise<unknown[][]> {
  const { rows } = await lake.query(
    `select playlist_id, item_position, item_type, item_uri, epoch_ms(added_at) as added
     from current_playlist_items order by playlist_id, item_position`,
  );
  return rows.map((row) => [row.playlist_id, row.item_position, row.item_type, row.item_uri, row.added]);
}

async function savedIn(lake: Lake): Promise<unknown[][]> {
  const { rows } = await lake.query(
    "select item_uri, epoch_ms(added_at) as added from current_saved_tracks order by added desc, item_uri",
  );
  return rows.map((row) => [row.item_uri, row.added]);
}

function expectedSaved({ saved }: Library): unknown[][] {
  const rows = saved.map(({ track, addedAt }) => [uriOf(track), Date.parse(addedAt)] as const);
  return rows.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map((row) => [...row]);
}

/** The items of each playlist as one text. */
function byPlaylist(items: unknown[][]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [id, ...item] of items as [string, ...unknown[]][])
    texts.set(id, `${texts.get(id) ?? ""}${JSON.stringify(item)}\n`);
  return texts;
}
