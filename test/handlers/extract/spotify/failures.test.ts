import { expect } from "chai";
import { SpotifyClient } from "../../../../handlers/extract/spotify/client";
import type { SpotifyFailure } from "../../../../handlers/extract/spotify/failures";
import { failureOf } from "../../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../../support/fakeSpotify";
import { failFirst, setup } from "./clientSetup";

describe("spotifyClient", () => {
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
