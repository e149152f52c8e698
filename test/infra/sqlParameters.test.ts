import { expect } from "chai";
import { deployedQuery, namedQueries, periodOf, renderQuery } from "../../infra/sql";
import { allowedValues, parameterLiteral, parseParameter } from "../../infra/sqlParameters";

describe("a parameter of a named query", () => {
  const days = parseParameter("days int(1..3650) 28 How many days.");
  const by = parseParameter("by plays|minutes plays What goes first.");
  const from = parseParameter("from date none The first day.");

  it("declares its type, what it may be, its default and its meaning", () => {
    expect(days).to.deep.equal({
      ...{ name: "days", type: "int", min: 1, max: 3650 },
      ...{ fallback: "28", meaning: "How many days." },
    });
    expect(by.choices).to.deep.equal(["plays", "minutes"]);
    expect(() => parseParameter("days integer 28 How many.")).to.throw(
      /^Parameter days has the type integer;/,
    );
  });

  it("is SQL if it is allowed", () => {
    expect(parameterLiteral(days, "3650")).to.equal("3650");
    expect(parameterLiteral(by, "minutes")).to.equal("'minutes'");
    expect(parameterLiteral(from, "2026-02-28")).to.equal("date '2026-02-28'");
    expect(parameterLiteral(from, "none")).to.equal("cast(null as date)");
    expect(parameterLiteral(from, "current_date")).to.equal("current_date");
  });

  for (const [parameter, value, sentence] of [
    [by, "minute", 'Parameter by is "minute"; it must be plays or minutes; did you mean minutes?'],
    [days, "-1", 'Parameter days is "-1"; it must be a whole number from 1 to 3650.'],
    [days, "99999999999", 'Parameter days is "99999999999"; it must be a whole number from 1 to 3650.'],
    [days, "1.5", 'Parameter days is "1.5"; it must be a whole number from 1 to 3650.'],
    [
      from,
      "2026-02-30",
      'Parameter from is "2026-02-30"; it must be a date such as 2026-03-01, current_date, or none.',
    ],
    [
      { name: "timezone", type: "timezone", fallback: "UTC", meaning: "Time zone." },
      "Mars",
      'Parameter timezone is "Mars"; it must be a time zone such as Europe/Berlin.',
    ],
    [
      { ...from, fallback: "current_date" },
      "none",
      'Parameter from is "none"; it must be a date such as 2026-03-01, or current_date.',
    ],
  ] as const)
    it(`refuses ${parameter.name}=${value} in a sentence`, () =>
      expect(() => parameterLiteral(parameter, value))
        .to.throw(Error)
        .with.property("message", sentence));

  it("is described to those who read the query in Athena", () => {
    const top = namedQueries().find(({ name }) => name === "top_artists")!;
    expect(deployedQuery(top))
      .to.include("-- days: How many days")
      .and.to.include(`Allowed: ${allowedValues(parseParameter("days int(1..36500) 28 x"))}.`)
      .and.to.include("/* from */ cast(null as date)");
  });

  it("has a range or choices in every query, but where it is a date, a title, a listener or a zone", () => {
    const open = namedQueries().flatMap(({ name, parameters }) =>
      parameters
        .filter(
          ({ type, choices, min }) =>
            type !== "date" && type !== "timezone" && choices === undefined && min === undefined,
        )
        .map((parameter) => `${name} ${parameter.name}`),
    );
    expect(open.filter((text) => !/ (listener|playlist)$/.test(text))).to.deep.equal([]);
  });
});

describe("the days that a query looks at", () => {
  const query = (name: string) => namedQueries().find((one) => one.name === name)!;
  const top = query("top_artists");

  it("are so many up to the last one, or from the first one", () => {
    expect(periodOf(top, { to: "2026-03-01" })).to.deep.equal({ from: "2026-02-02", to: "2026-03-01" });
    expect(periodOf(top, { to: "2026-03-01", from: "2020-01-01" }).from).to.equal("2020-01-01");
    expect(periodOf(query("skipped_tracks"), { to: "2026-03-01" }).from).to.equal(undefined);
    expect(periodOf(query("runs"), { as_of: "2026-03-01", days: "1" })).to.deep.equal({
      from: "2026-03-01",
      to: "2026-03-01",
    });
  });

  it("may not end before they begin", () => {
    expect(() => renderQuery(top, { from: "2026-03-02", to: "2026-03-01" })).to.throw(
      "Parameter from is 2026-03-02, which is after to (2026-03-01); give an earlier from or a later to.",
    );
    expect(() => renderQuery(top, { from: "9999-01-01" })).to.throw(
      /^Parameter from is 9999-01-01, which is after to/,
    );
    expect(renderQuery(top, { from: "2026-03-01", to: "2026-03-01" })).to.include("date '2026-03-01'");
  });
});
