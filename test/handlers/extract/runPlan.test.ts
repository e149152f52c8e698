import { expect } from "chai";
import {
  callsKeptForPlays,
  planOf,
  sourcesByListener,
  spendableCalls,
} from "../../../handlers/extract/runPlan";
import type { Secrets } from "../../../handlers/extract/secrets";
import { sourceGroups } from "../../../schemas/streams";
import { dayMs, signIn, world } from "../../support/extractWorld";
import { firingsLeftToday, parseSchedule } from "../../../handlers/shared/scheduleExpression";
import { ids, library, playlist, plays } from "../../support/libraries";

const rule = "arn:aws:events:eu-west-1:000000000000:rule/plays";

describe("the plan of a run", () => {
  it("follows from the event", () => {
    expect(planOf({ resources: [rule] }, rule)).to.deep.equal({ kind: "plays" });
    expect(planOf({ resources: [rule] }, undefined)).to.deep.equal({ kind: "everything", full: false });
    expect(planOf({ resources: ["other"] }, rule)).to.deep.equal({ kind: "everything", full: false });
    expect(planOf({ full: true }, rule)).to.deep.equal({ kind: "everything", full: true });
    expect(planOf({ container: "p1", listener: "me" }, rule)).to.deep.equal({
      ...{ kind: "reread", container: "p1", listener: "me" },
    });
  });

  const settings = {
    listeners: ["me", "bob"],
    sources: ["me", "album:4x"],
    callBudget: 100,
    playsRule: rule,
  };
  const signIn = { refreshToken: "t", authorizedAt: null };
  const secrets: Secrets = { app: { clientId: "i", clientSecret: "s" }, signIns: { me: signIn } };
  const everything = { kind: "everything", full: false } as const;

  it("reads what the settings name once, for the first listener", () => {
    expect([...sourcesByListener(everything, settings, secrets)]).to.deep.equal([
      ["me", [...sourceGroups.me, "album:4x"]],
      ["bob", sourceGroups.me],
    ]);
  });

  it("reads plays of those who have signed in, and of nobody if plays are no source", () => {
    expect([...sourcesByListener({ kind: "plays" }, settings, secrets)]).to.deep.equal([
      ["me", ["recently_played"]],
    ]);
    const others = { ...settings, sources: ["profile"] };
    expect(sourcesByListener({ kind: "plays" }, others, secrets).size).to.equal(0);
  });

  it("leaves a call an hour for plays, but not for those who have not signed in", () => {
    const at = Date.parse("2026-03-01T04:15:00Z");
    expect(spendableCalls(everything, settings, secrets, at)).to.equal(80);
    expect(spendableCalls(everything, { ...settings, callBudget: 600 }, secrets, at)).to.equal(580);
    expect(spendableCalls({ kind: "plays" }, settings, secrets, at)).to.equal(100);
    expect(spendableCalls(everything, { ...settings, playsRule: undefined }, secrets, at)).to.equal(100);
  });
});

const hourMs = 3_600_000;
const midnight = Date.parse("2026-11-22T00:00:00Z");

describe("callsKeptForPlays", () => {
  it("is one for each listener and run left of the UTC day", () => {
    const kept = (listeners: number, now: number) =>
      callsKeptForPlays(600, listeners, firingsLeftToday(parseSchedule("rate(1 hour)"), now));
    expect(kept(1, midnight)).to.equal(24);
    expect(kept(3, midnight + 22.5 * hourMs)).to.equal(6);
    expect(kept(0, midnight)).to.equal(0);
  });

  it("is a fifth of the budget at most", () => {
    expect(callsKeptForPlays(50, 2, 24)).to.equal(10);
  });

  it("follows the schedule of plays, which is hourly if not given", () => {
    const spendable = (playsSchedule?: string) =>
      spendableCalls(
        { kind: "everything", full: false },
        { listeners: ["me"], sources: ["me"], callBudget: 600, playsRule: "plays", playsSchedule },
        { app: { clientId: "", clientSecret: "" }, signIns: { me: signIn("refresh") } },
        midnight + 4 * hourMs,
      );
    const kept = { "rate(30 minutes)": 40, "rate(3 hours)": 7, "cron(0 6,18 * * ? *)": 2 };
    for (const [schedule, calls] of Object.entries(kept)) expect(600 - spendable(schedule)).to.equal(calls);
    expect(600 - spendable()).to.equal(20);
  });

  it("lets plays be read until midnight on a day whose budget is spent", async () => {
    const lists = ids("list", 80).map((id) => playlist(id, ids(id, 1)));
    const one = world(library({ playlists: lists, plays: plays(ids("p", 3)) }));
    Object.assign(one.settings, { callBudget: 100, playsRule: "plays" });
    one.clock.ms = midnight + 4 * hourMs;
    expect((await one.run()).runs[0]).to.deep.include({ status: "partial", stop_reason: "budget_spent" });
    for (let hour = 5; hour < 24; hour += 1) {
      one.clock.ms = midnight + hour * hourMs;
      one.library.plays.push({ id: `q${hour}`, playedAt: new Date(one.clock.ms - 60_000).toISOString() });
      const { runs } = await one.run({ id: `plays-${hour}`, resources: ["plays"] });
      expect(runs[0]).to.deep.include({ status: "complete", calls: 1 });
    }
    expect(one.state().budget.reserved).to.be.within(81, 100);
    one.clock.ms = midnight + dayMs + 4 * hourMs;
    expect((await one.run()).status).to.equal("complete");
  });
});
