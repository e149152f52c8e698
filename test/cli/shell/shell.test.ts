import * as path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { writeFolder } from "../../../cloud/localState";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";
import { ioOf } from "../../../cli/lib/io";
import { completer, completions } from "../../../cli/shell/complete";
import { shell } from "../../../cli/shell/run";
import { Statements } from "../../../cli/shell/statements";
import { namedQueries } from "../../../infra/sql";
import { makeFolder } from "../../support/folders";

describe("statements of the shell", () => {
  const added = (...lines: string[]) => {
    const statements = new Statements();
    return [...lines.flatMap((line) => statements.add(line)), ...statements.rest()];
  };

  it("end with a semicolon, over as many lines as they have", () => {
    expect(added("select 1", "as one; select 2;", "select 3")).to.deep.equal([
      "select 1\nas one",
      "select 2",
      "select 3",
    ]);
    expect(added(";;", "", "  ")).to.deep.equal([]);
  });

  it("are not ended in a text, a name or a comment", () => {
    for (const statement of [
      "select ';', 'it''s;'",
      'select 1 as "a;b"',
      "select 1 -- a; b\n",
      "select /* ; */ 1",
    ])
      expect(added(`${statement};`)).to.deep.equal([statement.trim()]);
  });

  it("are single words by the line", () => {
    expect(added("top_artists", " runs; ", "select 1;")).to.deep.equal(["top_artists", "runs", "select 1"]);
  });

  it("lose nothing, however the lines are cut", () => {
    const piece = fc.constantFrom("select", " ", "'a;b'", "1", "\n", ", ", '"x;"');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const text = `select ${pieces.join("")}`;
        expect(added(...`${text};`.split("\n"))).to.deep.equal([text.trim()]);
      }),
    );
  });
});

describe("completion of the shell", () => {
  const complete = completer(completions(namedQueries()));

  it("knows queries, tables, views and columns", () => {
    expect(complete("top_arti")).to.deep.equal([["top_artists"], "top_arti"]);
    expect(complete("select * from CURRENT_PLAYLIST_")[0]).to.deep.equal(["current_playlist_items"]);
    expect(complete("select snapshot_m")[0]).to.deep.equal(["snapshot_month"]);
    expect(complete("select ")[0]).to.deep.equal([]);
  });
});

describe("spotify-lake shell", () => {
  async function told(text: string, out: string) {
    const shown = { stdout: "", stderr: "" };
    const io = ioOf({
      stdout: { write: (part: string) => (shown.stdout += part) },
      stderr: { write: (part: string) => (shown.stderr += part) },
      env: {},
      dir: out,
    });
    const stream = Readable.from([text]);
    const code = await shell({ out, wide: false }, io, { stream, isTerminal: false, historyFile: "" });
    return { code, ...shown };
  }

  it("answers what a pipe holds, and goes on after a mistake", async () => {
    const out = makeFolder();
    writeFolder(out, {
      version: 2,
      source: "simulated",
      seed: 1,
      start: 0,
      now: 0,
      manifest: sourceManifest(),
    });
    expect(await told("select 1 as one,\n  'a;b' as two;\nplay_gaps\n", out)).to.deep.include({
      code: 0,
      stderr: "",
    });
    const { code, stdout, stderr } = await told(
      "select * from traks;\nselect count(*) as n from tracks",
      out,
    );
    expect(code).to.equal(1);
    expect(stdout).to.equal("n\n0\n1 row\n");
    expect(stderr).to.match(/^There is no table or view traks; did you mean tracks\?/);
  });

  it("says that there is no lake", async () => {
    const none = path.join(makeFolder(), "none");
    const error = await told("select 1;", none).catch((thrown: unknown) => thrown);
    expect(String(error)).to.include(`There is no lake in ${none} yet`);
  });
});
