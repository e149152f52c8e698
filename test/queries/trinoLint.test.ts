import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { asOfDay, deployedQuery, namedQueries, recipes, renderQuery, views } from "../../infra/sql";
import { tables } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import { root } from "../support/commandLine";
import { describeFinding, lintTrino } from "../support/trino/lint";
import { lintMonths } from "../support/trino/months";
import { lintOrder } from "../support/trino/order";
import { parseTrino } from "../support/trino/parser";
import { insteadOf, sharedFunctions } from "../support/trino/rules";
import { lintStyle } from "../support/trino/style";

describe("SQL that Athena and DuckDB both read", function () {
  this.timeout(240_000);
  before(() => void parseTrino("select 1"));

  const textOf = (file: string) => fs.readFileSync(path.join(root, file), "utf8");
  const lines = (text: string) => text.trimEnd().split("\n").length;
  /** Findings of a statement that makes up the end of a file. */
  const lint = (file: string, sql: string, mayAskClock = false) =>
    lintTrino({ file, sql, linesBefore: lines(textOf(file)) - lines(sql), mayAskClock }).map(describeFinding);

  /** What its order leaves open. */
  const order = (file: string, sql: string, key: string[]) =>
    lintOrder({ file, sql, linesBefore: lines(textOf(file)) - lines(sql), key }).map(describeFinding);

  /** What a query may not read in all months. */
  const partitioned = [
    ...tables.map(({ name }) => name),
    ...views().flatMap(({ name, columns }) =>
      columns.some((column) => column.name === partitionKey.name) ? [name] : [],
    ),
  ];

  for (const { name, sql } of views("Europe/Berlin"))
    it(`views/${name}.sql`, () => expect(lint(`views/${name}.sql`, sql)).to.deep.equal([]));

  for (const query of namedQueries("Europe/Berlin"))
    it(`queries/${query.name}.sql`, () => {
      const file = `queries/${query.name}.sql`;
      expect(lint(file, renderQuery(query, asOfDay(query, "2026-03-01")))).to.deep.equal([]);
      expect(lint(file, deployedQuery(query), true)).to.deep.equal([]);
      expect(order(file, renderQuery(query, asOfDay(query, "2026-03-01")), query.key)).to.deep.equal([]);
    });

  for (const query of namedQueries().filter(({ window }) => window !== undefined))
    it(`queries/${query.name}.sql reads the months of its window`, () => {
      const [file, sql] = [`queries/${query.name}.sql`, renderQuery(query)];
      const limited = partitioned.filter((name) => !query.allMonths?.includes(name));
      const linesBefore = lines(textOf(file)) - lines(sql);
      expect(lintMonths({ file, sql, linesBefore, partitioned: limited }).map(describeFinding)).to.deep.equal(
        [],
      );
    });

  for (const { name, sql, key } of recipes("Europe/Berlin"))
    it(`docs/recipes/${name}.sql`, () => {
      const file = `docs/recipes/${name}.sql`;
      expect(lint(file, sql)).to.deep.equal([]);
      expect(order(file, sql, key)).to.deep.equal([]);
    });

  it("is written in one style", () => {
    const files = ["views", "queries", "docs/recipes"].flatMap((folder) =>
      fs.readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`),
    );
    expect(files.flatMap((file) => lintStyle(file, textOf(file))).map(describeFinding)).to.deep.equal([]);
  });
});

describe("the lint", function () {
  this.timeout(60_000);
  const lint = (sql: string, mayAskClock = false) =>
    lintTrino({ file: "queries/x.sql", sql, linesBefore: 2, mayAskClock }).map(describeFinding);

  /** What only DuckDB reads, or reads in a way of its own, and what is said of it. */
  const refused: [what: string, sql: string, message: RegExp][] = [
    ["::", "select a,\n b::int as c from t", /^queries\/x.sql:4: .*write cast\(a as type\)$/],
    [
      "qualify",
      "select a from t\nqualify row_number() over (order by a) = 1",
      /x.sql:4: qualify .* outer select/,
    ],
    ["a list literal", "select [1, 2] as a", /write array\[…\]/],
    ["a subscript", "select a[1] as b from t", /unnest/],
    ["a struct", "select {'a': 1} as b", /give each value a column/],
    ["strftime", "select\n  strftime(a, '%Y') as y\nfrom t", /x.sql:4: strftime .*write year\(\)/],
    ["distinct on", "select distinct on (a) a, b from t", /row_number\(\)/],
    ["ilike", "select a from t where a ilike 'x%'", /lower\(a\) like/],
    ["exclude", "select * exclude (a) from t", /name the columns/],
    ["group by all", "select a, count(*) as n from t group by all", /their places/],
    ["limit before offset", "select a from t order by a limit 5 offset 2", /offset n limit m/],
    ["an unquoted interval", "select a + interval 7 day as b from t", /interval '7' day/],
    ["a lambda", "select list_transform(a, x -> x + 1) as b from t", /unnest the list/],
    ["select *", "select * from t", /name the columns/],
    ["select t.*", "select b, t.* from t", /name the columns/],
    ["backticks", "select `a` from t", /no quotes/],
    ["double quotes", 'select a from t where b = "x"', /write 'text'/],
    ["a semicolon", "select a from t;", /without a semicolon/],
    ["the clock", "select a from t where b = current_date", /as_of/],
    [
      "an alias in group by",
      "select year(a) as y, count(*) as n\nfrom t\ngroup by y",
      /group by y names a column/,
    ],
    ["date - date", "select date '2026-01-02' - cast(a as date) as d from t", /date_diff\('day', a, b\)/],
    ["max_by without a filter", "select max_by(a, b) as c from t", /add filter/],
    [
      "a zone on a bare timestamp",
      "select a at time zone 'Europe/Berlin' as b from t",
      /as timestamp with time zone/,
    ],
    ["whole numbers divided", "select 1 / 2 as a", /write 1e0/],
    ["a sum of doubles", "select sum(cast(a as double) / 60) as b from t", /sum integers/],
    ["counts divided", "select count(a) / count(*) as b from t", /as double/],
    ["a decimal", "select a * 1.5 as b from t", /write 1.5e0/],
    ["date_diff of times", "select date_diff('day', played_at, saved_at) as d from t", /cast both to date/],
    ["date_trunc of a date", "select date_trunc('month', cast(a as date)) as m from t", /as date\)$/],
    [
      "a filtered window",
      "select count(*) filter (where a = 1) over (order by b) as c from t",
      /no filter with over/,
    ],
    ["ignore nulls", "select lag(a) ignore nulls over (order by b) as c from t", /filter instead/],
    ["a function of one engine", "select nonesuch(a) as b from t", /nonesuch is not the same/],
    ["no SQL", "select from where", /not Trino: /],
  ];
  for (const [what, sql, message] of refused)
    it(`refuses ${what} and says what to write`, () => {
      const findings = lint(sql);
      expect(findings.join("\n")).to.match(new RegExp(message.source, "m"));
    });

  it("accepts what both read alike", () => {
    const sql = [
      '-- It\'s "quoted" :: ilike `here`',
      "with t as (select ';::[' as a, timestamp '2026-01-01 00:00:00' as at)",
      "select",
      "  max_by(a, at) filter (where a is not null) as b,",
      "  t.a as a,",
      "  cast(date_trunc('month', cast(cast(at as timestamp with time zone) at time zone 'Asia/Tokyo' as timestamp)) as date) as m,",
      "  count(*) filter (where a = 'x') / 60000 as n,",
      "  date_diff('day', cast(min(at) as date), cast(max(at) as date)) as days,",
      "  /* as_of */ current_date as today",
      "from t",
      "group by t.a, 3",
      "order by a offset 2 limit 5",
    ].join("\n");
    expect(lint(sql, true)).to.deep.equal([]);
  });

  const ordered: [what: string, sql: string, key: string[], message: string[]][] = [
    ["an order by the key", "select a, b from t order by b desc, t.a limit 3", ["t.a", "b"], []],
    [
      "an order without a part of the key",
      "select a, minutes from t\norder by minutes limit 50",
      ["a"],
      ["queries/x.sql:3: order by lacks a of the key; its ties have no order"],
    ],
    [
      "no order",
      "select a from t",
      ["a"],
      ["queries/x.sql:3: order by lacks a of the key; its ties have no order"],
    ],
    [
      "a limit inside",
      "with t as (select a from u order by a limit 3)\nselect a from t order by a",
      ["a"],
      ["queries/x.sql:3: a limit inside; number rows by row_number() and keep the first"],
    ],
    [
      "an order of a window alone",
      "select a, row_number() over (order by a) as n from t order by n",
      ["a"],
      ["queries/x.sql:3: order by lacks a of the key; its ties have no order"],
    ],
  ];
  for (const [what, sql, key, message] of ordered)
    it(`looks at the order: ${what}`, () =>
      expect(
        lintOrder({ file: "queries/x.sql", sql, linesBefore: 2, key }).map(describeFinding),
      ).to.deep.equal(message));

  const all = (line: number) => [
    `queries/x.sql:${line}: plays is read in all months; add snapshot_month >= … to the where of this select`,
  ];
  const read: [what: string, sql: string, findings: string[]][] = [
    ["a first month", "select a from plays where b = 1 and snapshot_month >= '2026-01'", []],
    ["other relations", "select a from tracks", []],
    ["no where", "select a\nfrom plays", all(4)],
    ["a day alone", "select a from plays where snapshot_date >= '2026-01-02'", all(3)],
    ["a last month alone", "select a from plays where snapshot_month <= '2026-01'", all(3)],
    ["a month or something else", "select a from plays where snapshot_month >= '2026-01' or b = 1", all(3)],
    ["the month of an outer select", "select a from (select a from plays) where snapshot_month > ''", all(3)],
    [
      "the month of an inner select",
      "select a from plays where b in (select b from plays where snapshot_month > '')",
      all(3),
    ],
    [
      "the month of another relation",
      "select p.a from t as o\nleft join plays as p on p.a = o.a where o.snapshot_month >= ''",
      all(4),
    ],
    [
      "a first month by alias",
      "with t as (select p.a from plays as p join u on u.a = p.a where p.snapshot_month = 'm') select a from t",
      [],
    ],
  ];
  for (const [what, sql, findings] of read)
    it(`looks at the months that are read: ${what}`, () =>
      expect(
        lintMonths({ file: "queries/x.sql", sql, linesBefore: 2, partitioned: ["plays"] }).map(
          describeFinding,
        ),
      ).to.deep.equal(findings));

  it("names no function both as shared and as not", () => {
    expect(sharedFunctions.filter((name) => name in insteadOf)).to.deep.equal([]);
  });

  it("finds faults of style by line", () => {
    const sql = `-- title: ${"T".repeat(120)}\nSELECT a\n\t, b \n   from t\nwhere c = 'X' and d = '${"y".repeat(100)}'`;
    expect(lintStyle("x.sql", sql).map(describeFinding)).to.deep.equal([
      "x.sql:2: keywords and names are in lower case",
      "x.sql:3: a tab; indent by two spaces",
      "x.sql:3: space at the end of the line",
      "x.sql:3: a comma stands at the end of its line",
      "x.sql:4: indent by two spaces",
      "x.sql:5: the file ends with one line break",
    ]);
  });
});
