import * as fs from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as path from "node:path";
import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { readEnvFile } from "../../../cli/login/env-file";
import { scopesFor } from "../../../cli/login/scopes";
import { simulatedCredentials } from "../../../simulator/accounts";
import type { HttpFault } from "../../../simulator/faults";
import { appEnv, attempt, inScene, visible, type Scene } from "./attempt";
import { open, press } from "./listener";
import { expectNoSecrets } from "./secrets";

const at = "2026-11-02T12:00:00.000Z";

const stored = ({ dir }: Scene) => readEnvFile(path.join(dir, ".env.local"));

/** What each source reads, as far as it needs a consent. */
const readable: Record<string, string[]> = {
  playlists: ["/v1/me/playlists"],
  saved_tracks: ["/v1/me/tracks", "/v1/me/albums"],
  recently_played: ["/v1/me/player/recently-played"],
  top_items: ["/v1/me/top/tracks", "/v1/me/top/artists"],
  followed_artists: ["/v1/me/following?type=artist"],
  me: [],
};

/** Refreshes what is stored, as extract does. */
async function accessToken(scene: Scene): Promise<string> {
  const { SPOTIFY_CLIENT_ID: id, SPOTIFY_CLIENT_SECRET: secret, SPOTIFY_REFRESH_TOKEN } = stored(scene);
  const answer = await fetch(`${scene.url}/api/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: SPOTIFY_REFRESH_TOKEN! }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Signs in and expects this sentence on the page and in the error, nothing secret anywhere, and an open port nowhere. */
async function expectRefusal(scene: Scene, sentence: RegExp, options: Parameters<typeof attempt>[1] = {}) {
  const outcome = await attempt(scene, options);
  expect(outcome.error).to.be.instanceOf(UserError).with.property("message").that.matches(sentence);
  expect(outcome.shown?.status).to.equal(400);
  expect(outcome.shown?.text)
    .to.match(/Not signed in/)
    .and.match(sentence);
  expectNoSecrets(visible(outcome));
  expect(await open(outcome.redirectUri!).catch(() => "closed")).to.equal("closed");
  expect(fs.readdirSync(scene.dir)).to.deep.equal([]);
  return outcome;
}

/** A fault of the token endpoint alone. */
function atToken(fault: HttpFault) {
  return { faults: ({ path }: { path: string }) => (path === "/api/token" ? fault : undefined) };
}

const refusing = (error: string, description: string) =>
  atToken({ kind: "status", status: 400, body: { error, error_description: description } });

describe("signing in", () => {
  it("stores the app, the token and its date in .env.local, and shows none of it", () =>
    inScene({}, async (scene) => {
      const outcome = await attempt(scene);
      expect(outcome.error).to.equal(undefined);
      expect(outcome.login).to.deep.equal({
        listener: "me",
        scopes: scopesFor(["me"]),
        authorizedAt: at,
        stored: ".env.local",
      });
      expect(outcome.shown).to.include({ status: 200 });
      expect(outcome.shown!.text)
        .to.include("<h1>Signed in</h1>")
        .and.include("Stored in .env.local. You can close this window.");
      expectNoSecrets(visible(outcome));
      const file = path.join(scene.dir, ".env.local");
      expect(fs.statSync(file).mode & 0o777).to.equal(0o600);
      expect(readEnvFile(file)).to.deep.equal({
        ...appEnv,
        SPOTIFY_REFRESH_TOKEN: `${simulatedCredentials.refreshToken}-1`,
        SPOTIFY_AUTHORIZED_AT: at,
      });
    }));

  it("asks for the scopes of the sources, with a state and a fresh consent", () =>
    inScene({}, async (scene) => {
      const { address, redirectUri, login } = await attempt(scene, { sources: ["playlists", "top_items"] });
      const { origin, pathname, searchParams } = new URL(address!);
      expect(origin + pathname).to.equal(`${scene.url}/authorize`);
      const { state, ...query } = Object.fromEntries(searchParams);
      expect(state).to.match(/^[\w-]{22}$/);
      expect(query).to.deep.equal({
        client_id: simulatedCredentials.clientId,
        response_type: "code",
        redirect_uri: redirectUri,
        scope: "playlist-read-collaborative playlist-read-private user-top-read",
        show_dialog: "true",
      });
      expect(redirectUri).to.match(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
      expect(login!.scopes).to.deep.equal(query.scope!.split(" "));
    }));

  it("asks for nothing where nothing is needed", () =>
    inScene({}, async (scene) => {
      const { address, login } = await attempt(scene, { sources: ["playlist:4x"] });
      expect(new URL(address!).searchParams.has("scope")).to.equal(false);
      expect(login!.scopes).to.deep.equal([]);
    }));

  it("has another state each time", () =>
    inScene({}, async (scene) => {
      const states = [await attempt(scene), await attempt(scene)].map(({ address }) =>
        new URL(address!).searchParams.get("state"),
      );
      expect(states[0]).not.to.equal(states[1]);
    }));

  it("takes the app from .env.local, keeps its other lines and replaces its old token", () =>
    inScene({}, async (scene) => {
      const file = path.join(scene.dir, ".env.local");
      fs.writeFileSync(
        file,
        `# keep me\nAWS_PROFILE=home\nSPOTIFY_CLIENT_ID=${appEnv.SPOTIFY_CLIENT_ID}\nSPOTIFY_CLIENT_SECRET=${appEnv.SPOTIFY_CLIENT_SECRET}\nSPOTIFY_REFRESH_TOKEN=old\n`,
      );
      expect((await attempt(scene, { env: {} })).error).to.equal(undefined);
      expect(fs.readFileSync(file, "utf8")).to.match(/^# keep me\nAWS_PROFILE=home\nSPOTIFY_CLIENT_ID=/);
      expect(stored(scene)).to.include({ AWS_PROFILE: "home", SPOTIFY_AUTHORIZED_AT: at });
      expect(stored(scene).SPOTIFY_REFRESH_TOKEN).not.to.equal("old");
    }));

  it("takes the app from the environment before .env.local", () =>
    inScene({}, async (scene) => {
      fs.writeFileSync(path.join(scene.dir, ".env.local"), "SPOTIFY_CLIENT_ID=a\nSPOTIFY_CLIENT_SECRET=b\n");
      expect((await attempt(scene)).error).to.equal(undefined);
      expect(stored(scene)).to.include(appEnv);
    }));

  it("asks for the app where nobody named it", () =>
    inScene({}, async (scene) => {
      const ask = (question: string, hidden?: boolean) =>
        Promise.resolve(hidden ? appEnv.SPOTIFY_CLIENT_SECRET : appEnv.SPOTIFY_CLIENT_ID);
      const outcome = await attempt(scene, { env: { SPOTIFY_CLIENT_ID: "" }, ask });
      expect(outcome.login?.stored).to.equal(".env.local");
      expectNoSecrets(visible(outcome));
      expect(stored(scene)).to.include(appEnv);
    }));

  for (const [source, paths] of Object.entries(readable))
    it(`gives a token that reads ${source}, and nothing else that needs consent`, () =>
      inScene({}, async (scene) => {
        await attempt(scene, { sources: [source] });
        const headers = { authorization: `Bearer ${await accessToken(scene)}` };
        for (const path of Object.values(readable).flat()) {
          const answer = await fetch(scene.url + path, { headers });
          const status = source === "me" || paths.includes(path) ? 200 : 403;
          expect([path, answer.status]).to.deep.equal([path, status]);
        }
      }));
});

describe("a sign-in that fails", () => {
  it("because the listener declines", () =>
    inScene({}, async (scene) => {
      await expectRefusal(scene, /declined at Spotify, so nothing was stored/, {
        visit: (address) => press(address, "cancel"),
      });
      expect(scene.simulator.stats.tokens).to.equal(0);
    }));

  for (const [what, query] of [
    ["another state", "code=simulated-code-1&state=other"],
    ["no state", "code=simulated-code-1"],
    ["another state and an error", "error=access_denied&state=other"],
  ])
    it(`because the answer has ${what}`, () =>
      inScene({}, async (scene) => {
        await expectRefusal(scene, /its state differs/, {
          visit: (_address, redirectUri) => open(`${redirectUri}?${query}`),
        });
        expect(scene.simulator.stats.tokens).to.equal(0);
      }));

  for (const [what, query, sentence] of [
    ["an error of another kind", "error=server_error", /Spotify gave no consent \(server_error\)/],
    ["an error that is no word", "error=%3Cscript%3E", /Spotify gave no consent;/],
    ["no code", "code=", /Spotify gave no consent;/],
  ] as const)
    it(`because the answer has ${what}`, () =>
      inScene({}, async (scene) => {
        const { shown } = await expectRefusal(scene, sentence, {
          visit: (address, redirectUri) =>
            open(`${redirectUri}?${query}&state=${new URL(address).searchParams.get("state")}`),
        });
        expect(shown!.text).not.to.include("<script>");
      }));

  it("because the secret is wrong", () =>
    inScene({}, (scene) =>
      expectRefusal(scene, /does not accept the client id or the client secret/, {
        env: { ...appEnv, SPOTIFY_CLIENT_SECRET: "simulated-client-secret?" },
      }).then(() => undefined),
    ));

  for (const [what, options, sentence] of [
    [
      "does not know the redirect URI",
      refusing("invalid_grant", "Invalid redirect URI"),
      /redirect URI; register http:\/\/127\.0\.0\.1:\d+\/callback/,
    ],
    [
      "does not take the code",
      refusing("invalid_grant", "Invalid authorization code"),
      /no longer accepts the code/,
    ],
    ["refuses for another reason", refusing("server_error", "simulated-code-1"), /answered with status 400/],
    [
      "is out of order",
      atToken({ kind: "status", status: 503, body: "<b>simulated-code-1</b>" }),
      /answered with status 503/,
    ],
    ["gives no token", atToken({ kind: "status", status: 200, body: {} }), /holds no refresh token/],
    ["sends what is no JSON", atToken({ kind: "malformed" }), /holds no refresh token/],
    ["does not answer", atToken({ kind: "reset", when: "before" }), /127\.0\.0\.1:\d+ did not answer/],
    ["stops in its answer", atToken({ kind: "reset", when: "mid_body" }), /127\.0\.0\.1:\d+ did not answer/],
    [
      "sends elsewhere",
      atToken({ kind: "status", status: 302, headers: { location: "http://127.0.0.1:1/" } }),
      /answered with status 302/,
    ],
  ] as const)
    it(`because the token endpoint ${what}`, () =>
      inScene(options, (scene) => expectRefusal(scene, sentence).then(() => undefined)));

  it("because nobody comes", () =>
    inScene({ redirectUris: ["http://127.0.0.1:1/callback"] }, async (scene) => {
      // The app has another redirect URI, so Spotify sends nobody back.
      const { error, shown, redirectUri } = await attempt(scene, { timeoutMs: 300 });
      expect(shown!.text).to.include("Invalid redirect URI");
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.includes("within 0.3 seconds")
        .and.includes(`register ${redirectUri}`);
      expect(await open(redirectUri!).catch(() => "closed")).to.equal("closed");
    }));

  it("because the port is in use, before anybody is asked", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await inScene({}, async (scene) => {
      const { error, address } = await attempt(scene, { port });
      expect(error).to.be.instanceOf(UserError).with.property("message").that.includes(`Port ${port}`);
      expect(address).to.equal(undefined);
    }).finally(() => other.close());
  });

  it("because the file cannot be written", () =>
    inScene({}, async (scene) => {
      const outcome = await attempt(scene, {
        visit: (address) => {
          fs.rmSync(scene.dir, { recursive: true });
          return press(address, "agree");
        },
      });
      expect(outcome.error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.includes("cannot be written");
      expect(outcome.shown!.text).to.include("Not signed in").and.include("cannot be written");
      expectNoSecrets(visible(outcome));
    }));

  for (const [what, options, sentence] of [
    ["a listener is named without a stack", { listener: "anna" }, /--listener needs --stack/],
    ["a source is unknown", { sources: ["songs"] }, /There is no source "songs"/],
    ["nobody names the app", { env: {} }, /SPOTIFY_CLIENT_ID is not set/],
    [
      "the accounts service has no address",
      { env: { ...appEnv, SPOTIFY_ACCOUNTS_URL: "spotify" } },
      /SPOTIFY_ACCOUNTS_URL is "spotify"/,
    ],
  ] as const)
    it(`because ${what}, before anybody is asked`, () =>
      inScene({}, async (scene) => {
        const { error, address } = await attempt(scene, {
          ...options,
          sources: "sources" in options ? [...options.sources] : undefined,
        });
        expect(error).to.be.instanceOf(UserError).with.property("message").that.matches(sentence);
        expect(address).to.equal(undefined);
      }));
});
