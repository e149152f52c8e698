/** One file of more than 300 lines: every call of one class, on one set-up. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect } from "chai";
import type { SpotifyFailure } from "../../../../handlers/extract/spotify/failures";
import { failureOf } from "../../../support/extractWorld";
import { apiUrl, errorAnswer, jsonAnswer, type FakeFault } from "../../../support/fakeSpotify";
import type { SpotifyClient } from "../../../../handlers/extract/spotify/client";
import { ids } from "../../../support/libraries";
import { failFirst, setup } from "./clientSetup";

/** The error with which `fetch` rejects after a failure of the network. */
const networkError = (code: string) =>
  Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(), { code }) });

const reset = () => networkError("ECONNRESET");

describe("SpotifyClient", () => {
  it("signs in as the listener once and asks each endpoint with pages of 50", async () => {
    const { client, fake } = setup();
    await client.profile();
    await client.playlists(50);
    await client.savedTracks(0);
    await client.savedAlbums(50);
    await client.recentlyPlayed();
    await client.topItems("artists", "long_term", 0);
    await client.followedArtists(undefined);
    await client.followedArtists("f49");
    await client.playlist("p");
    await client.playlist("p", "id,snapshot_id");
    await client.playlistItems("p", 50, "items");
    expect(fake.signIns).to.deep.equal(["grant_type=refresh_token&refresh_token=refresh"]);
    expect(fake.calls.map(({ url }) => url.slice(apiUrl.length))).to.deep.equal([
      "/v1/me",
      "/v1/me/playlists?limit=50&offset=50",
      "/v1/me/tracks?limit=50&offset=0",
      "/v1/me/albums?limit=50&offset=50",
      "/v1/me/player/recently-played?limit=50",
      "/v1/me/top/artists?time_range=long_term&limit=50&offset=0",
      "/v1/me/following?type=artist&limit=50",
      "/v1/me/following?type=artist&limit=50&after=f49",
      "/v1/playlists/p?additional_types=track%2Cepisode",
      "/v1/playlists/p?fields=id%2Csnapshot_id&additional_types=track%2Cepisode",
      "/v1/playlists/p/items?limit=50&offset=50&additional_types=track%2Cepisode",
    ]);
    expect(new Set(fake.calls.map(({ authorization }) => authorization))).to.deep.equal(
      new Set(["Bearer token-1"]),
    );
    expect(client.spent).to.deep.include({ calls: 11, repeats: 0 });
  });

  it("gives the cursor of each page of followed artists but the last", async () => {
    const { client, fake } = setup();
    fake.library.followed = ids("f", 60);
    const { after, items, total } = await client.followedArtists(undefined);
    expect([after, items.length, total]).to.deep.equal(["f49", 50, 60]);
    expect(await client.followedArtists(after)).to.deep.include({ after: undefined, total: 60 });
    fake.onCall = () => (body: unknown) => ({
      artists: { ...(body as { artists: object }).artists, cursors: null },
    });
    expect((await client.followedArtists(undefined)).after).to.equal(undefined);
  });

  for (const [name, body] of [
    ["artists without a list", { artists: null }],
    ["artists without a total", { artists: { items: [] } }],
  ] as const)
    it(`takes ${name} for malformed, and asks again`, async () => {
      const { client, fake, spent } = setup();
      failFirst(fake, [() => jsonAnswer(200, body)]);
      expect((await client.followedArtists(undefined)).total).to.equal(0);
      expect(spent()).to.equal(2);
    });

  it("takes plays without a list for malformed, and asks again", async () => {
    const { client, fake, spent } = setup();
    failFirst(fake, [() => jsonAnswer(200, { items: null })]);
    expect((await client.recentlyPlayed()).body.items).to.deep.equal([]);
    expect(spent()).to.equal(2);
  });

  it("signs in as the app without a refresh token", async () => {
    const { client, fake } = setup({ refreshToken: undefined });
    await client.playlist("p");
    expect(fake.signIns).to.deep.equal(["grant_type=client_credentials"]);
  });

  it("keeps the text of an answer, its date and its request", async () => {
    const { client, fake } = setup();
    const text = '{\n "items": [],\r\n "total": 0, "x": "\u2028\\n"}';
    fake.onCall = () => jsonAnswer(200, text, { date: "Sun, 22 Nov 2026 04:15:00 GMT" });
    const page = await client.savedTracks(0);
    expect(page).to.deep.include({ text, date: "Sun, 22 Nov 2026 04:15:00 GMT", total: 0 });
    expect(page.request).to.equal("/v1/me/tracks?limit=50&offset=0");
  });

  it("follows no redirect, keeps a base URL's path, and encodes ids", async () => {
    const asked: [string, RequestInit | undefined][] = [];
    const { client } = setup({
      apiUrl: "http://127.0.0.1:8900/spotify/",
      fetch: async (input, init) => {
        asked.push([input as string, init]);
        return jsonAnswer(200, { access_token: "t", id: "x" });
      },
    });
    await client.playlist("../me?");
    expect(asked[1]![0]).to.match(/^http:\/\/127\.0\.0\.1:8900\/spotify\/v1\/playlists\/\.\.%2Fme%3F\?/);
    expect(asked.map(([, init]) => init!.redirect)).to.deep.equal(["manual", "manual"]);
  });

  it("does not mix up clients that call at the same time", async () => {
    const one = setup();
    const other = setup({ refreshToken: undefined });
    await Promise.all([one.client.profile(), other.client.profile(), one.client.savedTracks(0)]);
    expect([one.fake.calls.length, other.fake.calls.length]).to.deep.equal([2, 1]);
  });

  const passing: [string, () => FakeFault][] = [
    ["connection_reset", reset],
    ["server_error", () => errorAnswer(502, "Bad gateway")],
    ["server_error", () => jsonAnswer(503, "<html>unavailable</html>")],
    ["malformed_body", () => jsonAnswer(200, "<html>hello</html>")],
    ["malformed_body", () => jsonAnswer(200, '{"items":[{"added')],
    ["malformed_body", () => jsonAnswer(200, "null")],
    ["malformed_body", () => jsonAnswer(200, { total: 3 })],
    ["malformed_body", () => jsonAnswer(200, { items: [], total: "3" })],
    ["malformed_body", () => jsonAnswer(200, { items: ids("t", 51), total: 51 })],
  ];
  for (const [code, fault] of passing)
    it(`repeats a call after a passing fault (${code}) and counts each`, async () => {
      const { client, fake, waits, spent } = setup();
      failFirst(fake, [fault, fault]);
      expect((await client.savedTracks(0)).total).to.equal(60);
      expect(waits).to.deep.equal([750, 1500]);
      expect(spent()).to.equal(3);
      expect(client.spent).to.deep.include({ calls: 3, repeats: 2 });
    });

  it("gives up after five tries, with the fault's code", async () => {
    for (const [code, fault] of passing) {
      const { client, fake, waits } = setup();
      fake.onCall = fault;
      expect((await failureOf(client.savedTracks(0))).code).to.equal(code);
      expect(waits).to.deep.equal([750, 1500, 3000, 6000]);
    }
  });

  it("tries a sign-in again, too, after a passing fault", async () => {
    const { client, fake, spent } = setup();
    fake.onSignIn = () => (fake.signIns.length < 3 ? errorAnswer(503, "busy") : undefined);
    await client.profile();
    expect(client.spent).to.deep.include({ calls: 1, repeats: 0 });
    expect([fake.signIns.length, spent()]).to.deep.equal([3, 1]);
  });

  for (const code of ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH"])
    it(`fails at once if nothing was read yet and Spotify cannot be reached (${code})`, async () => {
      const { client, fake, waits } = setup();
      fake.onSignIn = () => networkError(code);
      expect(await failureOf(client.profile())).to.include({
        code: "unreachable",
        message: `The connection to accounts.example failed (${code}): is the network there?`,
      });
      fake.onSignIn = () => undefined;
      fake.onCall = () => networkError(code);
      expect(await failureOf(client.profile())).to.have.property("code", "unreachable");
      expect([waits, fake.calls.length]).to.deep.equal([[], 1]);
    });

  it("repeats a call that does not reach Spotify if something was read before", async () => {
    const { client, fake, waits } = setup();
    await client.profile();
    fake.onCall = (_, index) => (index < 3 ? networkError("ENOTFOUND") : undefined);
    await client.profile();
    expect(waits).to.deep.equal([750, 1500]);
    fake.onCall = () => networkError("ENOTFOUND");
    expect((await failureOf(client.profile())).code).to.equal("unreachable");
    expect(waits).to.have.length(6);
  });

  it("takes a refused connection and an unknown name for unreachable, as Node reports them", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    for (const base of [`http://localhost:${port}`, `http://127.0.0.1:${port}`, "http://nobody.invalid"]) {
      const { client } = setup({ fetch, accountsUrl: base });
      expect((await failureOf(client.profile())).code, base).to.equal("unreachable");
    }
  });

  it("stops a call that hangs", async () => {
    const { client, clock } = setup({
      fetch: (_, init) =>
        new Promise((_, reject) => {
          init!.signal!.addEventListener("abort", () => {
            reject(init!.signal!.reason as Error);
          });
        }),
    });
    clock.left = 20;
    const error = (await failureOf(client.profile())) as SpotifyFailure;
    expect([error.code, error.status]).to.deep.equal(["timeout", null]);
  });

  it("calls nothing once the time is up", async () => {
    const { client, clock, fake, spent } = setup();
    clock.left = 0;
    expect((await failureOf(client.profile())).code).to.equal("out_of_time");
    expect([fake.calls.length, fake.signIns.length]).to.deep.equal([0, 0]);
    clock.left = 1000;
    await client.profile();
    clock.left = 0;
    expect((await failureOf(client.profile())).code).to.equal("out_of_time");
    expect([fake.calls.length, spent()]).to.deep.equal([1, 1]);
  });

  it("signs in again when the token is refused, once", async () => {
    const { client, fake } = setup();
    failFirst(fake, [() => errorAnswer(401, "The access token expired")]);
    await client.profile();
    expect(fake.calls.map(({ authorization }) => authorization)).to.deep.equal([
      "Bearer token-1",
      "Bearer token-2",
    ]);
    fake.onCall = () => errorAnswer(401, "Invalid access token");
    expect((await failureOf(client.profile())).code).to.equal("unauthorized");
  });

  describe("on 429", () => {
    const limited = (seconds?: string, extra = {}) =>
      errorAnswer(429, "Too many", extra, seconds === undefined ? {} : { "retry-after": seconds });

    it("waits out a short Retry-After, and half a minute without one", async () => {
      const { client, fake, waits } = setup();
      failFirst(fake, [() => limited("3"), () => limited()]);
      await client.profile();
      expect(waits).to.deep.equal([3750, 31500]);
    });

    const given: [string, number, () => Response, string, number | undefined][] = [
      ["a long one", 600_000, () => limited("90"), "rate_limited", 90_000],
      ["one that does not fit into the time left", 3_000, () => limited("3"), "rate_limited", 3_000],
      ["hours", 600_000, () => limited("79892"), "quota_exceeded", 79_892_000],
      [
        "a quota",
        600_000,
        () => limited(undefined, { reason: "QUOTA_EXCEEDED" }),
        "quota_exceeded",
        undefined,
      ],
      [
        "a quota with a short one",
        600_000,
        () => limited("1", { reason: "QUOTA_EXCEEDED" }),
        "quota_exceeded",
        1_000,
      ],
    ];
    for (const [name, left, fault, code, retryAfterMs] of given)
      it(`does not wait out ${name}`, async () => {
        const { client, fake, waits, clock } = setup();
        clock.left = left;
        fake.onCall = fault;
        const error = (await failureOf(client.profile())) as SpotifyFailure;
        expect([error.code, error.retryAfterMs, waits.length]).to.deep.equal([code, retryAfterMs, 0]);
      });
  });

  describe("tells refusals apart", () => {
    const me: (client: SpotifyClient) => Promise<unknown> = (client) => client.savedTracks(0);
    const items: (client: SpotifyClient) => Promise<unknown> = (client) =>
      client.playlistItems("p", 0, "items");
    const premium = "Active premium subscription required for the owner of the app. It can take a few hours.";
    const cases: [string, typeof me, () => Response][] = [
      ["premium_lapsed", me, () => errorAnswer(403, premium)],
      ["premium_lapsed", items, () => jsonAnswer(403, premium, { "content-type": "text/plain" })],
      ["missing_scope", me, () => errorAnswer(403, "Insufficient client scope")],
      ["not_allow_listed", me, () => jsonAnswer(403, "User not registered in the Developer Dashboard")],
      ["not_allow_listed", me, () => jsonAnswer(403, "Check settings, the user may not be registered.")],
      ["not_owned", items, () => errorAnswer(403, "Forbidden")],
      ["removed_endpoint", me, () => errorAnswer(403, "Forbidden")],
      ["not_found", items, () => errorAnswer(404, "Resource not found")],
      ["request_rejected", items, () => errorAnswer(400, "Invalid limit")],
      ["request_rejected", items, () => jsonAnswer(302, "", { location: "https://elsewhere.example" })],
    ];
    for (const [code, call, refusal] of cases)
      it(`${code}, and does not ask again`, async () => {
        const { client, fake } = setup();
        fake.onCall = refusal;
        const error = (await failureOf(call(client))) as SpotifyFailure;
        expect([error.code, error.status, fake.calls.length]).to.deep.equal([code, refusal().status, 1]);
      });

    const signIns: [string, () => Response][] = [
      [
        "invalid_grant",
        () => jsonAnswer(400, { error: "invalid_grant", error_description: "Refresh token expired" }),
      ],
      ["invalid_client", () => jsonAnswer(400, { error: "invalid_client" })],
      ["sign_in_refused", () => jsonAnswer(403, "<html>blocked</html>")],
    ];
    for (const [code, refusal] of signIns)
      it(`${code}: no second sign-in, no call`, async () => {
        const { client, fake } = setup();
        fake.onSignIn = refusal;
        expect((await failureOf(client.profile())).code).to.equal(code);
        expect([fake.signIns.length, fake.calls.length]).to.deep.equal([1, 0]);
      });
  });
});
