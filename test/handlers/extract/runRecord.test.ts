import { expect } from "chai";
import { world, type World } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../support/fakeSpotify";
import { library } from "../../support/libraries";

interface Metrics extends Record<string, unknown> {
  _aws: { Timestamp: number; CloudWatchMetrics: object[] };
}

const signedIn = (authorizedAt: string | null): World => {
  const one = world(library());
  one.secrets.signIns.me = { refreshToken: "refresh-me", authorizedAt };
  return one;
};
const metricsOf = ({ logged }: World) => logged.filter((entry) => "_aws" in entry) as Metrics[];
const warnings = ({ logged }: World) => logged.filter(({ level }) => level === "WARN");

describe("what a run reports", () => {
  it("is metrics in CloudWatch's embedded format, by stack and listener", async () => {
    const one = signedIn("2026-11-01T00:00:00Z");
    const { runs } = await one.run();
    const [metrics] = metricsOf(one);
    const values = { Calls: runs[0]!.calls, SignInRefused: 0, TokenDaysLeft: 159 };
    expect(metrics).to.deep.include({ Stack: "dev", Listener: "me", ...values });
    expect(metrics!._aws).to.deep.equal({
      Timestamp: Date.parse(runs[0]!.ended_at),
      CloudWatchMetrics: [
        {
          Namespace: "SpotifyDataPipeline",
          Dimensions: [["Stack"]],
          Metrics: [{ Name: "Calls", Unit: "Count" }],
        },
        {
          Namespace: "SpotifyDataPipeline",
          Dimensions: [["Stack", "Listener"]],
          Metrics: [
            { Name: "SignInRefused", Unit: "Count" },
            { Name: "TokenDaysLeft", Unit: "None" },
          ],
        },
      ],
    });
  });

  it("holds the days that the sign-in has left, and warns below 21", async () => {
    const late = signedIn("2026-06-12T00:00:00Z");
    expect((await late.run()).runs[0]!.token_days_left).to.equal(19);
    expect(warnings(late)[0]!.message).to.equal("The sign-in ends in 19 days: run npx spotify-lake login.");
    const early = signedIn("2026-06-15T00:00:00Z");
    expect((await early.run()).runs[0]!.token_days_left).to.equal(22);
    expect(warnings(early)).to.deep.equal([]);
    const unknown = signedIn(null);
    expect((await unknown.run()).runs[0]!.token_days_left).to.equal(null);
    expect(metricsOf(unknown)[0]).not.to.have.property("TokenDaysLeft");
  });

  it("reports a sign-in that Spotify refuses, after which the event is not delivered again", async () => {
    const one = signedIn(null);
    one.spotify.onSignIn = () => jsonAnswer(400, { error: "invalid_grant" });
    const { status, runs } = await one.run("e");
    expect([status, one.spotify.calls.length]).to.deep.equal(["failed", 0]);
    expect(runs[0]!.stop_message).to.match(/sign in again with npx spotify-lake login\.$/);
    expect(metricsOf(one)[0]).to.include({ SignInRefused: 1, Calls: 0 });
    expect(one.state()).to.deep.include({ lease: null, finished_events: ["e"] });
  });

  it("sees a new sign-in in the next run of the same function", async () => {
    const one = signedIn(null);
    one.spotify.onSignIn = () =>
      one.spotify.signIns.at(-1)!.includes("refresh-me")
        ? jsonAnswer(400, { error: "invalid_grant" })
        : undefined;
    expect((await one.run()).status).to.equal("failed");
    one.secrets.signIns.me = { refreshToken: "another", authorizedAt: null };
    expect((await one.run()).status).to.equal("complete");
  });

  it("warns of a new refresh token, and never shows it", async () => {
    const one = signedIn(null);
    one.spotify.onSignIn = () => jsonAnswer(200, { access_token: "token", refresh_token: "brand-new" });
    await one.run();
    expect(metricsOf(one)[0]).to.include({ NewRefreshToken: 1 });
    expect(warnings(one)).to.have.length(1);
    expect(JSON.stringify([one.logged, one.raw(), one.state()])).not.to.contain("brand-new");
    const same = signedIn(null);
    same.spotify.onSignIn = () => jsonAnswer(200, { access_token: "token", refresh_token: "refresh-me" });
    await same.run();
    expect(metricsOf(same)[0]).not.to.have.property("NewRefreshToken");
  });

  it("of a plays run has no warning that every daily run gives", async () => {
    const one = signedIn("2026-06-12T00:00:00Z");
    one.settings.playsRule = "arn:aws:events:eu-west-1:123456789012:rule/plays";
    const { runs } = await one.run({ id: "plays", resources: [one.settings.playsRule] });
    expect(runs[0]!.token_days_left).to.equal(19);
    expect(warnings(one)).to.deep.equal([]);
  });

  it("of a plays run is the stack's calls alone, unless something went wrong", async () => {
    const one = signedIn("2026-11-01T00:00:00Z");
    one.settings.playsRule = "arn:aws:events:eu-west-1:123456789012:rule/plays";
    const resources = [one.settings.playsRule];
    await one.run({ id: "plays", resources });
    const { _aws, ...values } = metricsOf(one)[0]!;
    expect(values).to.deep.equal({ Stack: "dev", Listener: "me", Calls: 1 });
    expect(_aws.CloudWatchMetrics).to.have.length(1);
    one.spotify.onSignIn = () => jsonAnswer(400, { error: "invalid_grant" });
    await one.run({ id: "later", resources });
    expect(metricsOf(one)[1]).to.include({ SignInRefused: 1, Calls: 0 });
  });

  it("counts a stop for a quota", async () => {
    const one = signedIn(null);
    one.spotify.onCall = () => errorAnswer(429, "Too many", { reason: "QUOTA_EXCEEDED" });
    await one.run();
    expect(metricsOf(one)[0]).to.include({ QuotaStops: 1, Calls: 1 });
  });
});
