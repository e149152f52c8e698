import { expect } from "chai";
import fc from "fast-check";
import { namedQueries, type NamedQuery } from "../../../infra/sql";
import type { Answer } from "../../../cloud/lake/cells";
import { UserError } from "../../../cloud/errors";
import { describeQuery, folderQueries, queryFields, queryList, statementFor } from "../../../cli/query/named";
import { answerText, formOfFile } from "../../../cli/query/print";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";

const query: NamedQuery = {
  name: "plays_of",
  title: "Plays of an artist",
  question: "When was an artist played?",
  subject: "listening",
  key: ["a"],
  columns: [{ name: "d", type: "int", meaning: "Days." }],
  parameters: [
    { name: "days", type: "int", min: 1, max: 99, fallback: "28", meaning: "How many days back." },
    { name: "as_of", type: "date", fallback: "current_date", meaning: "The last day." },
    { name: "artist", type: "string", fallback: "Ann", meaning: "Whose plays." },
  ],
  template: "select :days as d, :as_of as a, :artist as t",
};

describe("a named query of the command line", () => {
  const sql = (word: string, values: Record<string, string> = {}) => statementFor(word, values, [query]);

  it("is filled in by its parameters, texts quoted", () => {
    expect(sql("plays_of")).to.equal("select 28 as d, current_date as a, 'Ann' as t");
    expect(sql("plays_of", { days: "7", as_of: "2026-03-01", artist: "O'Hara" })).to.equal(
      "select 7 as d, date '2026-03-01' as a, 'O''Hara' as t",
    );
  });

  it("keeps any text within its quotes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const found = /as a, '((?:[^']|'')*)' as t$/.exec(sql("plays_of", { artist: text }));
        expect(found![1]!.replaceAll("''", "'")).to.equal(text);
      }),
    );
  });

  it("or a statement of one's own", () => expect(sql("select 1 as n")).to.equal("select 1 as n"));

  const wrong: [string, string, Record<string, string>, RegExp][] = [
    ["an unknown name", "plays_off", {}, /^There is no named query plays_off; did you mean plays_of\?/],
    [
      "an unknown parameter",
      "plays_of",
      { day: "7" },
      /has no parameter day; did you mean days\? It has days, as_of, artist\.$/,
    ],
    ["no whole number", "plays_of", { days: "7 or 1=1" }, /must be a whole number from 1 to 99\.$/],
    ["no date", "plays_of", { as_of: "2026-02-30" }, /must be a date such as/],
    ["a name like nothing", "zzz", {}, /^There is no named query zzz\. All of them: npx spotify-lake query$/],
    ["a table", "tracks", {}, /^tracks is a table, not a .* from current_tracks limit 10"$/],
    ["a parameter for a statement", "select 1 as n", { days: "7" }, /write the values into the statement\.$/],
  ];
  for (const [what, word, values, sentence] of wrong)
    it(`refuses ${what} in a sentence`, () => expect(() => sql(word, values)).to.throw(UserError, sentence));

  it("is listed by its subject, in a line", () => {
    expect(queryList([query]).split("\n")).to.deep.equal([
      "Listening",
      "plays_of  Plays of an artist",
      "",
      "Parameters, columns and SQL of one: npx spotify-lake query --describe NAME",
    ]);
    const lines = queryList(namedQueries()).split("\n");
    expect(lines.filter((line) => /^[A-Z]\w+$/.test(line))).to.deep.equal([
      "Listening",
      "Library",
      "Playlists",
      "Podcasts",
      "Catalog",
      "Operation",
    ]);
    for (const { name, title } of namedQueries())
      expect(
        lines.filter((line) => line.startsWith(`${name} `) && line.endsWith(`  ${title}`)),
      ).to.have.length(1);
    expect(lines.every((line) => line.length <= 80)).to.equal(true);
  });

  it("is described with its question, what may be given, its columns and its SQL", () => {
    expect(describeQuery(query).split("\n")).to.deep.equal([
      "plays_of: Plays of an artist",
      "When was an artist played?",
      "",
      "Parameters and their defaults",
      "  --param days=28             How many days back. Allowed: a whole number from 1 to 99.",
      "  --param as_of=current_date  The last day. Allowed: a date such as 2026-03-01, or current_date.",
      "  --param artist=Ann          Whose plays. Allowed: any text.",
      "",
      "Columns",
      "  d int  Days.",
      "",
      "SQL",
      "  select :days as d, :as_of as a, :artist as t",
    ]);
  });

  it("is listed in JSON with what its parameters may be", () => {
    const fields = queryFields([query])[0] as { parameters: object[]; subject: string };
    expect(fields.subject).to.equal("listening");
    expect(fields.parameters[0]).to.deep.equal({
      ...{ name: "days", type: "int", min: 1, max: 99, default: "28", meaning: "How many days back." },
      allowed: "a whole number from 1 to 99",
    });
  });

  it("takes the last simulated day for today, in the folder's time zone", () => {
    const now = Date.parse("2026-03-08T00:00:00Z");
    const folder = {
      version: 2 as const,
      seed: 1,
      start: 0,
      now,
      settings: { timezone: "Asia/Tokyo" },
      manifest: sourceManifest(),
    };
    const fallbacks = (source: "simulated" | "spotify") =>
      folderQueries({ ...folder, source }).flatMap(({ parameters }) =>
        parameters
          .filter(({ type, fallback }) => type === "date" && fallback !== "none")
          .map(({ fallback }) => fallback),
      );
    for (const fallback of fallbacks("simulated")) expect(fallback).to.equal("2026-03-07");
    for (const fallback of fallbacks("spotify")) expect(fallback).to.equal("current_date");
    expect(folderQueries({ ...folder, source: "spotify" })).to.deep.equal(namedQueries("Asia/Tokyo"));
  });
});

describe("an answer as CSV", () => {
  const csv = (...cells: (string | number | boolean | null)[]) =>
    answerText(
      {
        columns: cells.map((_, at) => `c${at}`),
        rows: [Object.fromEntries(cells.map((cell, at) => [`c${at}`, cell]))],
      },
      "csv",
    ).split("\r\n")[1];

  it("escapes texts that a spreadsheet would take for a formula", () => {
    expect(csv("=1+1")).to.equal("'=1+1");
    expect(csv("+1", "-1", "@sum(a1)", "\tx", '=hyperlink("x","y")')).to.equal(
      `'+1,'-1,'@sum(a1),'\tx,"'=hyperlink(""x"",""y"")"`,
    );
  });

  it("leaves numbers as they are, and texts that are no formula", () => {
    expect(csv(-1, -0.5, 1e21, "a-b", "1+1", "'x")).to.equal("-1,-0.5,1e+21,a-b,1+1,'x");
  });

  it("has nothing for NULL, quotes for an empty text, words for booleans, and quotes by RFC 4180", () => {
    expect(csv(null, true, false, "", null)).to.equal(',true,false,"",');
    expect(csv("a,b", 'say "hi"', "x")).to.equal('"a,b","say ""hi""",x');
  });

  it("keeps columns apart whose names have dots", () => {
    expect(answerText({ columns: ["a.b", "a"], rows: [{ "a.b": 1, a: 2 }] }, "csv")).to.equal(
      "a.b,a\r\n1,2\r\n",
    );
  });
});

describe("an answer as text", () => {
  const answer: Answer = {
    columns: ["n", "s"],
    kinds: ["number", "other"],
    rows: [
      { n: "-9007199254740993", s: "-1" },
      { n: 2, s: "b" },
    ],
  };

  it("has integers that a double cannot hold exactly in every form", () => {
    expect(answerText(answer, "csv")).to.equal("n,s\r\n-9007199254740993,'-1\r\n2,b\r\n");
    expect(JSON.parse(answerText(answer, "json"))).to.deep.equal({
      columns: answer.columns,
      rows: answer.rows,
    });
    expect(answerText(answer, "table")).to.include("\n-9007199254740993  -1\n");
  });

  it("has as many rows as asked for, and says how many there are", () => {
    expect(answerText(answer, "table", { limit: 1 })).to.match(/\n1 of 2 rows\n$/);
    expect(answerText(answer, "table", { limit: 2 })).to.match(/\n2 rows\n$/);
    expect(JSON.parse(answerText(answer, "json", { limit: 1 })))
      .to.have.property("rows")
      .with.length(1);
  });

  it("says what a narrow terminal hides", () => {
    expect(answerText(answer, "table", { width: 17 })).to.match(
      /\n2 rows; 1 column did not fit \(s\): --wide shows all\n$/,
    );
  });

  it("takes its form from the name of a file", () => {
    expect(["top.csv", "a/TOP.JSON", "top.txt"].map(formOfFile)).to.deep.equal(["csv", "json", "table"]);
  });
});
