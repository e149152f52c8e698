import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { currentGeneration, deployRefusal, type FrozenGeneration } from "../../infra/generations";
import { UserError } from "../../cloud/errors";
import { formatted } from "../../scripts/formatted";
import { schemaFiles } from "../../scripts/schemaFiles";
import { tables } from "../../schemas";
import { root } from "../support/commandLine";

const now = currentGeneration();

/** The current generation with one table's columns changed. */
function changed(name: string, change: (columns: FrozenGeneration["tables"][0]["columns"]) => unknown) {
  const made = structuredClone(now);
  change(made.tables.find((table) => table.name === name)!.columns);
  return made;
}
const retyped = changed(
  "tracks",
  (columns) => (columns.find((one) => one.name === "popularity")!.type = "bigint"),
);
const longer = changed("tracks", (columns) =>
  columns.push({ name: "mood", type: "string", nullable: true, meaning: "How it sounds." }),
);
const sentence =
  "Column popularity of table tracks was int and is now bigint: keep its type, or raise generation in schemas/index.ts and run npm run docs.";

describe("what follows from schemas/", () => {
  it("is up to date: else run npm run docs", async function () {
    this.timeout(120_000);
    for (const [file, text] of Object.entries(schemaFiles(now, now))) {
      expect(fs.readFileSync(path.join(root, file), "utf8"), file).to.equal(await formatted(file, text));
    }
  });

  it("takes a column at the end into the lock and the dictionary", () => {
    const files = schemaFiles(now, longer);
    expect(Object.keys(files)).to.have.members(["schemas/lock.json", "docs/tables.md"]);
    expect(JSON.parse(files["schemas/lock.json"]!)).to.deep.equal(longer);
    expect(deployRefusal(now, longer)).to.equal(undefined);
  });

  it("refuses another type, for the files and for a deployment", () => {
    expect(() => schemaFiles(now, retyped)).to.throw(UserError, sentence);
    expect(deployRefusal(now, retyped)).to.equal(sentence);
  });

  it("keeps the earlier generation, views and all, when a new one is raised", () => {
    const raised = { ...retyped, generation: now.generation + 1 };
    const files = schemaFiles(now, raised);
    expect(JSON.parse(files[`schemas/earlier/g${now.generation}.json`]!)).to.deep.equal(now);
    expect(JSON.parse(files["schemas/lock.json"]!)).to.deep.equal(raised);
    expect(deployRefusal(now, raised)).to.match(
      /^The generation was raised from \d+ to \d+; run npm run docs/,
    );
    expect(deployRefusal(raised, raised)).to.equal(undefined);
  });

  it("describes every table with grain, key, dedupe rule, NULLs, streams and columns, and every view", () => {
    const text = schemaFiles(now, now)["docs/tables.md"]!;
    for (const { name, grain, dedupe, columns } of tables) {
      const section = text.slice(text.indexOf(`### ${name}\n`)).split("\n### ")[0]!;
      expect(section)
        .to.include(grain)
        .and.to.include(dedupe)
        .and.to.match(/- Streams: \w/);
      for (const column of columns) expect(section).to.include(`| ${column.name} | ${column.type} |`);
      const nullable = columns.filter((column) => column.nullable).map((column) => `\`${column.name}\``);
      expect(section).to.include(`- May be NULL: ${nullable.join(", ") || "nothing"}\n`);
    }
    for (const view of now.views) expect(text).to.include(`### ${view.name}\n\n${view.meaning}`);
    expect(text)
      .to.include("  tracks }o--o{ plays : track_id")
      .and.to.include("  playlists }|--o{ playlist_items : playlist_id");
  });
});
