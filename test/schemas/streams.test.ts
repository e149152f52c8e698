import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";
import { scopesFor } from "../../cli/login/scopes";
import { lineReaders } from "../../handlers/transform/lineReaders";
import { readSetting } from "../../infra/settingRules";
import { readSettings } from "../../infra/settings";
import { streamsOf, tables, tablesOf } from "../../schemas";
import { systemTables } from "../../schemas/quality";
import {
  kindOf,
  listenerStreams,
  sourceKinds,
  sourceNames,
  streamKinds,
  streamName,
  streamOf,
  type SourceKind,
} from "../../schemas/streams";
import { readScopes } from "../../simulator/accounts";
import { readEveryStream, type EveryStream } from "../support/everyStream";

const root = path.join(__dirname, "../..");
const textOf = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

/** Tables that not every read fills: nothing may be missing, and few artists have genres. */
const oftenEmpty = ["gaps", "artist_genres"];

describe("every stream", () => {
  let every: EveryStream;
  before(async function () {
    this.timeout(60_000);
    every = await readEveryStream();
  });
  after(() => every.answers.close());

  for (const kind of sourceKinds) {
    const { access, scopes } = streamOf(kind);

    it(`${kind} is a source that the settings take`, () => {
      const source = every.sources[kind];
      expect(readSetting("sources", JSON.stringify([source]))).to.deep.equal([source]);
    });

    it(`${kind} has scopes that login asks for and Spotify has`, () => {
      expect(scopesFor([every.sources[kind]])).to.deep.equal([...scopes].sort());
      expect(readScopes).to.include.members([...scopes]);
      if (access === "listener") expect(scopesFor(["me"])).to.include.members([...scopes]);
      else if (access === "podcasts") expect(scopesFor(["podcasts"])).to.include.members([...scopes]);
      else expect(scopes, "needs no sign-in").to.deep.equal([]);
    });
  }

  for (const kind of streamKinds) {
    const { tables: filled, countedTable, access } = streamOf(kind);
    const rowsIn = async (table: string) => {
      const stream = access === "import" || access === "internal" ? kind : every.sources[kind as SourceKind];
      const sql = `select count(*) as n from ${table} where source = '${stream}'`;
      return Number((await every.answers.values(sql))[0]![0]);
    };

    it(`${kind} feeds tables that exist, its counted table among them`, () => {
      const names = tables.map(({ name }) => name);
      expect(names).to.include.members([...filled]);
      if (countedTable) expect(filled).to.include(countedTable);
      for (const table of tablesOf(kind)) expect(streamsOf(table.name)).to.include(kind);
    });

    it(`${kind} is read by extract from the simulator, and made into rows of its tables`, async () => {
      for (const table of filled.filter((name) => !oftenEmpty.includes(name)))
        expect(await rowsIn(table), table).to.be.greaterThan(0);
    });

    it(`${kind} ${countedTable ? "is counted by accepted_reads" : "needs no closed read"}`, async () => {
      expect(lineReaders[kind].page !== undefined).to.equal(countedTable !== undefined);
      if (!countedTable) return;
      const { sources, answers } = every;
      const [row] = await answers.values(
        `select count(*), sum(reads.row_count), count(accepted.read_seq)
         from container_reads as reads
         left join accepted_reads as accepted
           on accepted.read_seq = reads.read_seq and accepted.stream = reads.stream
         where reads.stream = '${sources[kind as SourceKind]}'`,
      );
      const [reads, rows, accepted] = row!.map(Number);
      expect(reads).to.be.greaterThan(0);
      expect(rows).to.be.greaterThan(0);
      expect(accepted).to.equal(reads);
    });

    it(`${kind} is in docs/tables.md`, () => {
      expect(textOf("docs/tables.md")).to.match(new RegExp(`^\\| ${streamName(kind)} +\\|`, "m"));
    });
  }

  it("is counted by accepted_reads without a look at other streams' tables", async () => {
    const scansFor = async (where: string) => {
      // A drawn plan leaves out what is too wide for it.
      const plan = await every.answers.values(`explain (format json) select * from accepted_reads ${where}`);
      return plan.flat().join("").split('"Function": "READ_JSON"').length - 1;
    };
    const counted = new Set(streamKinds.flatMap((kind) => streamOf(kind).countedTable ?? []));
    expect(await scansFor("")).to.equal(1 + counted.size);
    // container_reads, saved_tracks, and playlist_items, which holds streams of any name.
    expect(await scansFor("where stream = 'saved_tracks'")).to.equal(3);
  });
});

describe("streams", () => {
  it("are named by the description of the setting sources, in their order", () => {
    const { sources } = parse(textOf("Pulumi.yaml")).config as Record<string, { description: string }>;
    const meanings: Record<string, string> = {
      me: "me (a listener's music)",
      podcasts: "podcasts (their podcasts and audiobooks)",
    };
    const names = sourceNames.map((name) => meanings[name] ?? name);
    const sentence = `What is read - ${names.slice(0, -1).join(", ")} or ${names.at(-1)}.`;
    expect(sources!.description).to.equal(sentence);
  });

  it("that need extended quota are refused without it", async () => {
    const project = "spotify-data-pipeline";
    await pulumi.runtime.setMocks(
      { newResource: () => ({ id: undefined, state: {} }), call: () => ({}) },
      project,
      "test",
      false,
    );
    for (const kind of sourceKinds.filter((one) => streamOf(one).access === "extended_quota")) {
      pulumi.runtime.setAllConfig({ [`${project}:sources`]: streamName(kind) });
      expect(() => readSettings(), kind).to.throw("set spotify-data-pipeline:extendedQuota to true");
    }
    pulumi.runtime.setAllConfig({});
  });

  it("of a listener begin with plays, which are soon gone, and read the listing before the items", () => {
    expect(listenerStreams[0]).to.equal("recently_played");
    expect(listenerStreams.indexOf("playlists")).to.be.lessThan(listenerStreams.indexOf("playlist_items"));
  });

  it("with a counted table are the branches of accepted_reads, no more and no fewer", () => {
    const sql = textOf("views/accepted_reads.sql");
    const branches = sql.slice(sql.indexOf("with held"), sql.indexOf("\n)\n"));
    const counted = [...branches.matchAll(/^ {2}from (\w+)$/gm)].map(([, table]) => table!);
    const wanted = streamKinds.flatMap((kind) => streamOf(kind).countedTable ?? []);
    expect(counted).to.have.members([...new Set(wanted)]);
    for (const kind of streamKinds) {
      const table = streamOf(kind).countedTable;
      if (table && wanted.filter((one) => one === table).length === 1)
        expect(branches).to.include(`'${kind}' as stream, count(*) as row_count\n  from ${table}\n`);
    }
  });

  it("feed every table, and nothing else", () => {
    const fed = new Set(streamKinds.flatMap((kind) => tablesOf(kind).map(({ name }) => name)));
    expect([...fed]).to.have.members(tables.map(({ name }) => name));
    for (const kind of streamKinds)
      expect(
        streamOf(kind).tables.some((table) => systemTables.includes(table)),
        kind,
      ).to.equal(false);
  });

  it("are not known by another name", () => {
    for (const name of ["nope", "toString", ""])
      expect(() => kindOf(name)).to.throw(`No table is fed by a stream named ${name}.`);
  });
});
