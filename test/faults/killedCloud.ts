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
import type { EventFailure } from "../../cloud/events/events";
import { Lake } from "../../cloud/lake/lake";
import { manifestOf, type Manifest } from "../../cloud/lake/manifest";
import { redrive } from "../../cli/redrive/redrive";
import { evaluateProgram } from "../../cli/lib/localProgram";
import { libraryAt } from "../../simulator/library";
import { dayMs, hourMs } from "../../simulator/times";
import { uriOf, type Library } from "../../simulator/model";
import { SpotifySimulator, type SimulatedRequest } from "../../simulator/server";
import type { Program } from "../../cloud/types";
import { verify } from "../../cli/verify/verify";
import { oneThread } from "../support/oneThread";
import { plainSettings } from "../support/plainSettings";
import { expectedItems } from "../support/truth";
import { Killer, type Moment } from "./killer";

const simulation = {
  seed: "killed",
  start: Date.parse("2026-03-02T00:00:00Z"),
  size: { playlists: 10, tracks: 60, saved: 70, albums: 1, followed: 1 },
};
const firstRead = simulation.start + 4 * hourMs;
/** After a week much of the library has changed. */
const weekMs = 7 * dayMs;

/** The program, and the folder of a cloud in which it has read a library once. */
export interface Beginning {
  program: Program;
  manifest: Manifest;
  dir: string;
}

/** Evaluates the real program and reads the library once, without a kill. */
export async function begin(root: string): Promise<Beginning> {
  const dir = path.join(root, "beginning");
  const program = await evaluateProgram(
    { settings: plainSettings, credentials: undefined, out: dir },
    firstRead,
  );
  const beginning = { program, manifest: manifestOf(program), dir };
  const cloud = await KilledCloud.start(beginning, dir);
  try {
    await cloud.read();
    await cloud.checkAtRest();
  } finally {
    await cloud.stop();
  }
  return beginning;
}

/** The embedded cloud with a simulated Spotify; functions are killed while it reads the library, once a week. */
export class KilledCloud {
  cloud!: Cloud;
  /** Called before Spotify answers. */
  onSpotify: (request: SimulatedRequest) => void | Promise<void> = () => undefined;
  readonly clock = new SimulatedClock(firstRead);
  readonly simulator: SpotifySimulator;
  /** When the library was read before, and now. */
  private reads: [before: number, now: number] = [firstRead, firstRead];
  private killers: Killer[] = [];
  /** How many processes each kill of this week met, when they have ended. */
  private kills: Promise<number>[] = [];
  /** Copies of the lake as a reader saw it right after each kill of this week. */
  private seen: string[] = [];
  private earlierFailures = 0;

  private constructor(
    readonly beginning: Beginning,
    readonly dir: string,
  ) {
    this.simulator = new SpotifySimulator({
      ...simulation,
      clock: this.clock,
      onRequest: (request) => {
        this.clock.passCall();
        return this.onSpotify(request);
      },
    });
  }

  /** Starts another cloud with a copy of the folder after the first read. */
  static async copy(beginning: Beginning, dir: string): Promise<KilledCloud> {
    for (const part of ["s3", "glue"])
      fs.cpSync(path.join(beginning.dir, part), path.join(dir, part), { recursive: true });
    return KilledCloud.start(beginning, dir);
  }

  static async start(beginning: Beginning, dir: string): Promise<KilledCloud> {
    const killed = new KilledCloud(beginning, dir);
    const url = await killed.simulator.start();
    killed.cloud = await Cloud.start({
      program: beginning.program,
      dir,
      clock: killed.clock,
      environment: { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url },
      log: (name, line) => process.env.DEBUG && console.error(`${name}: ${line}`),
      retryWaits: [1],
    });
    return killed;
  }

  /** Moves on to the next week, in which nothing was killed yet. Processes stay warm. */
  nextWeek(): void {
    this.stopKillers();
    this.reads = [this.reads[1], this.reads[1] + weekMs];
    this.clock.advanceTo(this.reads[1]);
    this.onSpotify = () => undefined;
    [this.killers, this.kills, this.seen] = [[], [], []];
    this.earlierFailures = this.cloud.failures.length;
  }

  /** Events that a function failed on this week, retries included. */
  get failures(): EventFailure[] {
    return this.cloud.failures.slice(this.earlierFailures);
  }

  async stop(): Promise<void> {
    this.stopKillers();
    await this.cloud.stop();
    await this.simulator.close();
  }

  private stopKillers(): void {
    for (const killer of this.killers) killer.stop();
  }

  /** Kills the processes of a function, and keeps a copy of the lake as a reader sees it then. */
  kill(name: string): void {
    this.kills.push(this.cloud.kill(name));
    const copy = path.join(this.dir, `seen-${this.reads[1]}-${this.seen.length}`);
    for (const part of [path.join("s3", this.beginning.manifest.lakeBucket), "glue"])
      fs.cpSync(path.join(this.dir, part), path.join(copy, part), { recursive: true });
    this.seen.push(copy);
  }

  /** Kills the processes of functions at a moment; each must be running then. */
  killAt(names: string[], moment: Moment): Killer {
    const killer = new Killer(moment, () => names.forEach((name) => this.kill(name)));
    this.killers.push(killer);
    return killer;
  }

  /** Fires the rule of the daily run and waits until nothing is in flight. */
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

  /** Sends all failed events again, as `spotify-lake redrive` does, and returns how many there were. */
  async redrive(): Promise<number> {
    const { cloud } = this;
    const local = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
    const sqs = new SQSClient({ ...local, endpoint: cloud.endpoints.sqs, useQueueUrlAsEndpoint: false });
    const lambda = new LambdaClient({ ...local, endpoint: cloud.endpoints.lambda });
    const { sent } = await redrive({ sqs, lambda }, cloud.queueUrls, { dryRun: false });
    await cloud.settle();
    return sent;
  }

  /** Checks that so many kills met a process, and that no reader saw half a write after them. */
  async checkKills(times: number): Promise<void> {
    const met = await Promise.all(this.kills);
    expect(met, "processes killed").to.have.length(times);
    expect(Math.min(...met), "processes killed each time").to.be.at.least(1);
    for (const dir of this.seen) await this.checkSeen(dir);
  }

  /** Checks all that must hold when nothing is in flight. */
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

  /** Returns what the command verify finds for this day. */
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
      partitions: async (name: string) =>
        new Map(
          partitions
            .filter(({ table }) => table === name)
            .map(({ values, descriptor }) => [values[0]!, descriptor.Location]),
        ),
      progress: () => undefined,
    };
    return (await verify(deps, { format: manifest.tableFormat })).problems;
  }

  /** Checks that each playlist and the saved tracks are as a week ago or as they are now, and that no playlist is missing. */
  private async checkSeen(dir: string): Promise<void> {
    const [before, after] = this.reads.map((now) => libraryAt({ ...simulation, now }));
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
  await oneThread(lake);
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
