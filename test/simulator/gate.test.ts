import { expect } from "chai";
import fc from "fast-check";
import { ApiError } from "../../simulator/errors";
import { Gate, type GateOptions } from "../../simulator/gate";
import { noon, signIn, withSimulator, type Client } from "./client";

/** A gate, and how it treats a call at a time: "ok", or status, reason and Retry-After of its refusal. */
function gateWith(options: GateOptions): (now: number) => string {
  let time = 0;
  const gate = new Gate(options, { now: () => time });
  return (now) => {
    time = now;
    try {
      gate.pass("listener");
      return "ok";
    } catch (error) {
      const { status, details } = error as ApiError;
      return [status, details.reason, details.retryAfter].filter((part) => part !== undefined).join(" ");
    }
  };
}

const retryAfterOf = (outcome: string) => Number(outcome.split(" ").at(-1));

describe("the rate limit", () => {
  it("lets so many calls through in any 30 seconds, and says when there is room again", () => {
    const call = gateWith({ rateLimit: 2 });
    expect([0, 10_000, 20_000].map(call)).to.deep.equal(["ok", "ok", "429 20"]);
    expect(call(40_000)).to.equal("ok");
  });

  it("counts refused calls too: whoever keeps asking keeps waiting", () => {
    const call = gateWith({ rateLimit: 1 });
    expect([0, 20_000, 40_000, 69_999].map(call)).to.deep.equal(["ok", "429 30", "429 30", "429 30"]);
    expect(call(100_000)).to.equal("ok");
  });

  it("leaves Retry-After out now and then", () => {
    const call = gateWith({ rateLimit: 1 });
    const outcomes = Array.from({ length: 9 }, () => call(0));
    expect(outcomes.filter((outcome) => outcome === "429")).to.have.length(2);
    expect(outcomes.filter((outcome) => outcome === "429 30")).to.have.length(6);
  });

  it("never lets more through in any 30 seconds, and lets in whoever waits as asked", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(20_000), { maxLength: 60 }),
        (most, pauses) => {
          const call = gateWith({ rateLimit: most });
          const passed: number[] = [];
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            const outcome = call(now);
            if (outcome === "ok") passed.push(now);
            else if (outcome !== "429") {
              now += retryAfterOf(outcome) * 1000;
              expect(call(now)).to.equal("ok");
              passed.push(now);
            }
          }
          for (const time of passed)
            expect(passed.filter((one) => one > time - 30_000 && one <= time).length).to.be.at.most(most);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("the quota", () => {
  const day = 86_400_000;

  it("lets so many calls through in any 24 hours, and says how long until the next", () => {
    const call = gateWith({ quota: 2 });
    expect([0, 1_000].map(call)).to.deep.equal(["ok", "ok"]);
    expect(call(2_000)).to.equal(`429 QUOTA_EXCEEDED ${86_400 - 2}`);
    expect([day - 1, day].map(call)).to.deep.equal(["429 QUOTA_EXCEEDED 1", "ok"]);
    expect(call(day + 999)).to.equal("429 QUOTA_EXCEEDED 1");
  });

  it("does not count what the rate limit refused", () => {
    const call = gateWith({ quota: 2, rateLimit: 1 });
    expect([0, 0, 30_000].map(call)).to.deep.equal(["ok", "429 30", "ok"]);
    expect(call(60_000)).to.equal(`429 QUOTA_EXCEEDED ${86_400 - 60}`);
  });
});

describe("the simulator refuses", () => {
  const answerOf = async ({ get }: Client, path = "/v1/me") => {
    const answer = await get(path);
    const type = answer.headers.get("content-type")!.split(";")[0];
    return {
      status: answer.status,
      type,
      retryAfter: answer.headers.get("retry-after"),
      text: await answer.text(),
    };
  };

  it("calls over the quota, but no token", () =>
    withSimulator({ quota: 2 }, async (client) => {
      for (let k = 0; k < 2; k += 1) expect((await answerOf(client)).status).to.equal(200);
      const { text, ...answer } = await answerOf(client);
      expect(answer).to.deep.equal({ status: 429, type: "application/json", retryAfter: "86400" });
      expect(JSON.parse(text)).to.deep.equal({
        error: { status: 429, message: "Too many requests", reason: "QUOTA_EXCEEDED" },
      });
      expect((await signIn(client.url, "listener")).status).to.equal(200);
    }));

  it("calls over the rate limit", () =>
    withSimulator({ rateLimit: 1 }, async (client) => {
      await answerOf(client);
      const { text, ...answer } = await answerOf(client);
      expect(answer).to.deep.equal({ status: 429, type: "application/json", retryAfter: "30" });
      expect(JSON.parse(text)).to.deep.equal({ error: { status: 429, message: "API rate limit exceeded" } });
    }));

  for (const plainRefusals of [false, true])
    it(`every call once Premium lapsed, in ${plainRefusals ? "plain text" : "JSON"}, while tokens are granted`, () => {
      let now = noon;
      return withSimulator(
        { clock: { now: () => now }, premiumUntil: noon + 1_000, plainRefusals },
        async (client) => {
          expect((await answerOf(client)).status).to.equal(200);
          now += 1_000;
          for (const path of ["/v1/me", "/v1/search?q=a&type=track"]) {
            const { status, type, text } = await answerOf(client, path);
            expect([status, type]).to.deep.equal([403, plainRefusals ? "text/plain" : "application/json"]);
            const words = plainRefusals
              ? text
              : (JSON.parse(text) as { error: { message: string } }).error.message;
            expect(words).to.match(/^Active premium subscription required/);
          }
          expect((await signIn(client.url, "listener")).status).to.equal(200);
        },
      );
    });

  it("a listener who is not allow-listed, but not the app itself", async () => {
    await withSimulator({ allowListed: false }, async (client) => {
      const { status, text } = await answerOf(client);
      expect(status).to.equal(403);
      expect(text).to.include("not registered for this application");
    });
    await withSimulator({ allowListed: false, grant: "app" }, async (client) => {
      expect((await answerOf(client, "/v1/search?q=a&type=track")).status).to.equal(200);
    });
  });

  it("what the listener did not agree to", () =>
    withSimulator({ scopes: ["user-library-read"] }, async (client) => {
      expect((await answerOf(client, "/v1/me/tracks")).status).to.equal(200);
      const { status, text } = await answerOf(client, "/v1/me/playlists");
      expect([status, JSON.parse(text)]).to.deep.equal([
        403,
        { error: { status: 403, message: "Insufficient client scope" } },
      ]);
    }));
});
