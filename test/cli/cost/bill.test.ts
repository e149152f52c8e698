import { expect } from "chai";
import { billOf, firingsAMonth, quantitiesOf, type BilledSettings } from "../../../cli/cost/bill";
import { noCounts, pointFor, type Measured, type Point } from "../../../cli/cost/counts";
import { prices, type Item } from "../../../cli/cost/prices";

const settings: BilledSettings = {
  schedule: "rate(1 day)",
  playsSchedule: "rate(1 hour)",
  crawlerSchedule: "cron(15 4 1 * ? *)",
  kmsKey: undefined,
  logRetentionDays: 365,
  callBudget: 600,
  listeners: 1,
};

const supposed = { months: 12, queries: 0 };

/** A point whose rules do as much as there are listeners. */
function point(listeners: number): Point {
  const day = { ...noCounts(), s3Writes: 100 * listeners, invocations: 10 * listeners, keptBytes: 2 ** 20 };
  return {
    listeners,
    alarms: 9 + 5 * listeners,
    dashboards: 1,
    stateBytes: 1000 * listeners,
    first: { ...noCounts(), keptBytes: 2 ** 30 },
    rules: {
      schedule: { expression: "cron(0 0 * * ? *)", counts: day },
      plays: {
        expression: "cron(0 0 * * ? *)",
        counts: { ...noCounts(), stateWrites: 2, metricHours: 8 * listeners },
      },
      health: { expression: "rate(1 day)", counts: { ...noCounts(), s3Reads: 1 } },
    },
  };
}

const measured: Measured = { date: "2026-01-01", days: 1, points: [point(1), point(4)] };

const nothing = Object.fromEntries(Object.keys(prices).map((item) => [item, 0])) as Record<Item, number>;

describe("a bill", () => {
  it("counts the runs of a mean month", () => {
    expect(firingsAMonth("rate(1 day)")).to.equal(365 / 12);
    expect(firingsAMonth("cron(15 4 1 * ? *)")).to.equal(1);
    expect(firingsAMonth("cron(15 4 ? * MON *)")).to.be.closeTo(52 / 12, 0.001);
    expect(firingsAMonth(undefined)).to.equal(0);
  });

  it("takes what a run does times the runs that the settings ask for", () => {
    const usual = quantitiesOf(measured, settings, supposed);
    expect(usual.s3Writes).to.be.closeTo((365 / 12) * 100, 0.001);
    expect(usual.s3Reads, "a rule without a setting keeps its own schedule").to.be.closeTo(365 / 12, 0.001);
    expect(usual.metrics, "eight metrics, sent every hour").to.be.closeTo(8, 0.001);
    const weekly = quantitiesOf(
      measured,
      { ...settings, schedule: "rate(7 days)", playsSchedule: undefined },
      supposed,
    );
    expect(weekly.s3Writes).to.be.closeTo((52 / 12) * 100, 10);
    expect(weekly.metrics).to.equal(0);
  });

  it("bills crawls by their minimum, a key only if the stack makes it, and queries by theirs", () => {
    const of = (change: Partial<BilledSettings>, queries = 0) =>
      quantitiesOf(measured, { ...settings, ...change }, { months: 12, queries });
    expect(of({}).crawls, "two crawls of ten minutes, two DPU").to.be.closeTo(2 / 3, 0.001);
    expect(of({ crawlerSchedule: undefined }).crawls).to.equal(0);
    expect(
      billOf(of({ crawlerSchedule: "cron(15 4 ? * MON *)" })).lines.find(({ item }) =>
        item.includes("crawlers"),
      )!.usd,
    ).to.be.closeTo(1.27, 0.01);
    const keys = [undefined, "create", "arn:aws:kms:…"].map((kmsKey) => of({ kmsKey }).keyVersions);
    expect(keys).to.deep.equal([0, 1, 0]);
    expect(billOf({ ...nothing, scanned: of({}, 20_000).scanned }).usd).to.be.closeTo(0.95, 0.01);
  });

  it("bills the first two rotations of a key, and what runs ask of any key", () => {
    const of = (kmsKey: string | undefined, months: number) =>
      quantitiesOf(measured, { ...settings, kmsKey }, { months, queries: 0 });
    const years = [1, 12, 13, 24, 25, 60].map((months) => of("create", months).keyVersions);
    expect(years).to.deep.equal([1, 1, 2, 2, 3, 3]);
    const runs = of(undefined, 12).requests;
    expect(runs).to.be.greaterThan(0);
    for (const kmsKey of ["create", "arn:aws:kms:…"])
      expect(of(kmsKey, 12).kmsRequests - of(undefined, 12).kmsRequests).to.equal(5 * runs);
  });

  it("keeps the first read, every month's data and a month of replaced versions", () => {
    const { storage } = quantitiesOf(measured, settings, supposed);
    const months = (12 * (365 / 12) * 2 ** 20) / 2 ** 30;
    const state = (730 * 2 * 1000) / 2 ** 30;
    expect(storage).to.be.closeTo(1 + months + state, 1e-6);
  });

  it("keeps logs for as long as the setting says, but not before they were written", () => {
    const { logsIn, logsKept } = quantitiesOf(measured, settings, supposed);
    expect(logsKept / logsIn).to.be.closeTo(12, 0.01);
    const young = quantitiesOf(measured, settings, { ...supposed, months: 2 });
    expect(young.logsKept / young.logsIn).to.equal(2);
  });

  it("subtracts the free units of each line, and leaves out what there is nothing of", () => {
    const { lines, usd, list_usd } = billOf({ ...nothing, alarms: 14, metrics: 7, keyVersions: 1 });
    expect(
      lines.map(({ quantity, list_usd: list, usd: left }) =>
        [quantity, list, left].map((n) => Number(n.toFixed(2))),
      ),
    ).to.deep.equal([
      [7, 2.1, 0],
      [14, 1.4, 0.4],
      [1, 1, 1],
    ]);
    expect([usd, list_usd].map((n) => Number(n.toFixed(2)))).to.deep.equal([1.4, 4.5]);
  });

  it("follows the straight line through what was measured", () => {
    const ten = pointFor(measured, 10);
    expect([ten.alarms, ten.stateBytes, ten.rules.schedule!.counts.s3Writes]).to.deep.equal([
      59, 10_000, 1000,
    ]);
    expect(pointFor(measured, 1).rules).to.deep.equal(measured.points[0].rules);
  });

  it("has a page and a month for every price", () => {
    for (const price of Object.values(prices)) {
      expect(price.page).to.match(/^https:\/\/aws\.amazon\.com\/[a-z0-9]+\/pricing\/$/);
      expect(price.seen).to.match(/^20\d\d-(0[1-9]|1[0-2])$/);
      expect(price.usd / price.per).to.be.greaterThan(0);
    }
  });
});
