import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { readEnvFile } from "../../../cli/login/env-file";
import { scopesFor } from "../../../cli/login/scopes";
import { simulatedCredentials } from "../../../simulator/accounts";
import { appEnv, attempt, inScene, visible, type Scene } from "./attempt";
import { FakePulumi, type Entry } from "./fakePulumi";
import { expectNoSecrets } from "./secrets";

const { clientId, clientSecret, refreshToken } = simulatedCredentials;
const token = JSON.stringify({
  refreshToken: `${refreshToken}-1`,
  authorizedAt: "2026-11-02T12:00:00.000Z",
});

const list = (...items: string[]): Entry => ({
  value: JSON.stringify(items),
  objectValue: items,
  secret: false,
});
const secret = (value: string): Entry => ({ value, secret: true });

/** Runs a test in a scene whose folder holds a Pulumi program with the stack dev. */
function withStack(
  config: Record<string, Entry>,
  test: (scene: Scene, pulumi: FakePulumi) => Promise<void>,
): Promise<void> {
  return inScene({}, (scene) => test(scene, new FakePulumi(scene.dir, config)));
}

describe("signing in for a stack", () => {
  it("puts the token with its date, and the app, into its configuration through standard input", () =>
    withStack({ listeners: list("me"), sources: list("profile", "saved_tracks") }, async (scene, pulumi) => {
      const outcome = await attempt(scene, { stack: "dev", env: { ...pulumi.env, ...appEnv } });
      expect(outcome.error).to.equal(undefined);
      expect(outcome.login).to.deep.equal({
        listener: "me",
        scopes: ["user-library-read", "user-read-private"],
        authorizedAt: "2026-11-02T12:00:00.000Z",
        stored: "the configuration of stack dev",
      });
      expect(outcome.shown!.text).to.include("Stored in the configuration of stack dev.");
      const set = (key: string) => ["config", "set", "--secret", "--stack", "dev", key, "--non-interactive"];
      expect(pulumi.calls).to.deep.equal([
        { args: ["config", "--json", "--stack", "dev", "--non-interactive"], input: "" },
        { args: set("spotifyClientId"), input: clientId },
        { args: set("spotifyClientSecret"), input: clientSecret },
        { args: set("spotifyRefreshToken-me"), input: token },
      ]);
      expectNoSecrets(visible(outcome));
      expectNoSecrets(JSON.stringify(pulumi.calls.map(({ args }) => args)));
      expect(fs.existsSync(path.join(scene.dir, ".env.local"))).to.equal(false);
    }));

  it("uses the stack's own app and leaves it as it is", () =>
    withStack(
      { spotifyClientId: secret(clientId), spotifyClientSecret: secret(clientSecret) },
      async (scene, pulumi) => {
        const others = { SPOTIFY_CLIENT_ID: "other", SPOTIFY_CLIENT_SECRET: "other" };
        const outcome = await attempt(scene, { stack: "dev", env: { ...pulumi.env, ...others } });
        expect(outcome.error).to.equal(undefined);
        expect(outcome.login!.scopes).to.deep.equal(scopesFor(["me"]));
        const changed = pulumi.calls.filter(({ args }) => args[1] === "set");
        expect(changed.map(({ input }) => input)).to.deep.equal([token]);
        expectNoSecrets(visible(outcome));
      },
    ));

  it("asks for what neither the stack nor the environment knows, and stores it", () =>
    withStack({ spotifyClientId: secret(clientId) }, async (scene, pulumi) => {
      const asked: string[] = [];
      const ask = (question: string) => {
        asked.push(question);
        return Promise.resolve(clientSecret);
      };
      expect((await attempt(scene, { stack: "dev", env: pulumi.env, ask })).error).to.equal(undefined);
      expect(asked).to.deep.equal(["Client secret of your Spotify app"]);
      expect(pulumi.entry("spotifyClientSecret")).to.deep.equal(secret(clientSecret));
    }));

  for (const [listener, key] of [
    ["anna", "spotifyRefreshToken-anna"],
    ["bo", "spotifyRefreshToken-bo"],
    [undefined, "spotifyRefreshToken-anna"],
  ] as const)
    it(`keeps the token of ${listener ?? "the first listener"} under ${key}`, () =>
      withStack({ listeners: list("anna", "bo") }, async (scene, pulumi) => {
        const { login } = await attempt(scene, { stack: "dev", listener, env: { ...pulumi.env, ...appEnv } });
        expect(login!.listener).to.equal(listener ?? "anna");
        expect(pulumi.entry(key)).to.deep.equal(secret(token));
      }));

  it("asks for the sources that are named rather than the stack's", () =>
    withStack({ sources: list("me") }, async (scene, pulumi) => {
      const request = { stack: "dev", sources: ["profile"], env: { ...pulumi.env, ...appEnv } };
      expect((await attempt(scene, request)).login!.scopes).to.deep.equal(["user-read-private"]);
    }));

  it("names a listener that the stack does not have", () =>
    withStack({ listeners: list("anna", "bo") }, async (scene, pulumi) => {
      const request = { stack: "dev", listener: "me", env: { ...pulumi.env, ...appEnv } };
      const { error, address } = await attempt(scene, request);
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message", "Stack dev has no listener me; its setting listeners has anna, bo.");
      expect(address).to.equal(undefined);
    }));

  it("says how a list is set that is a text, as pulumi up would refuse it", () =>
    withStack({ listeners: { value: '["me","ann"]', secret: false } }, async (scene, pulumi) => {
      const { error, address } = await attempt(scene, { stack: "dev", env: { ...pulumi.env, ...appEnv } });
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.matches(/^Setting listeners is the text .* pulumi config set --path 'listeners\[0\]' ITEM/);
      expect(address).to.equal(undefined);
    }));

  it("names a stack that is not there", () =>
    withStack({}, async (scene, pulumi) => {
      const { error, address } = await attempt(scene, { stack: "live", env: { ...pulumi.env, ...appEnv } });
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message", "pulumi config failed: no stack named 'live' found.");
      expect(address).to.equal(undefined);
    }));

  it("goes to .env.local where the Pulumi CLI is missing, and says so", () =>
    inScene({}, async (scene) => {
      const { login, notes } = await attempt(scene, { stack: "dev", env: { ...appEnv, PATH: scene.dir } });
      expect(login).to.include({ listener: "me", stored: ".env.local" });
      expect(notes.join()).to.match(/^The Pulumi CLI was not found, so stack dev is out of reach: .*\.$/);
      expect(readEnvFile(path.join(scene.dir, ".env.local"))).to.include({
        SPOTIFY_REFRESH_TOKEN: `${refreshToken}-1`,
      });
    }));

  it("says that a named listener needs the Pulumi CLI, before anybody is asked", () =>
    inScene({}, async (scene) => {
      const request = { stack: "dev", listener: "me", env: { ...appEnv, PATH: scene.dir } };
      const { error, address } = await attempt(scene, request);
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.matches(/^The Pulumi CLI was not found/);
      expect(address).to.equal(undefined);
    }));

  it("says why the token could not be stored, without the token", () =>
    withStack(
      { spotifyClientId: secret(clientId), spotifyClientSecret: secret(clientSecret) },
      async (scene, pulumi) => {
        pulumi.lock();
        const outcome = await attempt(scene, { stack: "dev", env: pulumi.env });
        expect(outcome.error)
          .to.be.instanceOf(UserError)
          .with.property("message", "pulumi config set failed: cannot encrypt …: no passphrase.");
        expect(outcome.shown!.text).to.include("Not signed in").and.include("no passphrase");
        expectNoSecrets(visible(outcome));
      },
    ));
});
