import { expect } from "chai";
import { planOf, sourcesByListener, spendableCalls } from "../../../handlers/extract/runPlan";
import type { Secrets } from "../../../handlers/extract/secrets";
import { listenerStreams } from "../../../schemas/streams";

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
      ["me", [...listenerStreams, "album:4x"]],
      ["bob", listenerStreams],
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
