import { expect } from "chai";
import { health } from "../../../handlers/health/health";
import { dayMs, world, type World } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../support/fakeSpotify";
import { library } from "../../support/libraries";

const since = "2026-11-20T04:15:00Z";

function ages(one: World, listeners = ["me"]) {
  const logged: Record<string, unknown>[] = [];
  const deps = {
    store: one.bucket,
    now: () => one.clock.ms,
    log: (entry: Record<string, unknown>) => void logged.push(entry),
  };
  return health(deps, { stack: "dev", listeners, since }).then((hours) => ({ hours, logged }));
}

describe("health", () => {
  it("counts the hours since a run, and goes on counting when none comes", async () => {
    const one = world(library());
    await one.run();
    one.clock.ms = Date.parse("2026-11-22T17:00:00Z");
    expect((await ages(one)).hours.me).to.be.within(12.7, 12.8);
    one.clock.ms += 3 * dayMs;
    expect((await ages(one)).hours.me).to.be.within(84.7, 84.8);
  });

  it("counts from the making of the stack for a listener that was never read", async () => {
    const { hours } = await ages(world(library()), ["me", "ann"]);
    expect(hours).to.deep.equal({ me: 48, ann: 48 });
  });

  it("prints metrics of each listener", async () => {
    const { logged } = await ages(world(library()), ["me", "ann"]);
    expect(logged.map(({ Stack, Listener, DataAgeHours }) => [Stack, Listener, DataAgeHours])).to.deep.equal([
      ["dev", "me", 48],
      ["dev", "ann", 48],
    ]);
    expect(logged[0]!._aws).to.have.nested.property("CloudWatchMetrics[0].Metrics[0].Unit", "None");
  });

  const noNews: [title: string, run: (one: World) => Promise<unknown>][] = [
    [
      "a run that Spotify refused",
      (one) => run(one, () => errorAnswer(429, "no", { reason: "QUOTA_EXCEEDED" })),
    ],
    [
      "a run whose sign-in was refused",
      (one) => {
        one.spotify.onSignIn = () => jsonAnswer(400, { error: "invalid_grant" });
        return one.run();
      },
    ],
    [
      "a run that reads plays alone",
      (one) => {
        one.settings.playsRule = "arn:plays";
        return one.run({ id: "p", resources: ["arn:plays"] });
      },
    ],
    ["one playlist that is read again", (one) => one.run({ id: "c", container: "saved_tracks" })],
  ];
  const run = (one: World, onCall: World["spotify"]["onCall"]) => {
    one.spotify.onCall = onCall;
    return one.run();
  };
  for (const [title, fail] of noNews)
    it(`takes ${title} for no news`, async () => {
      const one = world(library());
      await one.run();
      const before = one.state().listeners.me!.read_at;
      expect(before).to.be.a("string");
      one.clock.ms += dayMs;
      await fail(one);
      expect(one.state().listeners.me!.read_at).to.equal(before);
    });

  it("does not start over when everything is to be read again", async () => {
    const one = world(library());
    await one.run();
    const before = one.state().listeners.me!.read_at;
    one.clock.ms += dayMs;
    one.spotify.onCall = () => errorAnswer(429, "no", { reason: "QUOTA_EXCEEDED" });
    await one.run({ id: "f", full: true });
    expect(one.state().listeners.me!.read_at).to.equal(before);
  });
});
