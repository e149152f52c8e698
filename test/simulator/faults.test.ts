import { expect } from "chai";
import type { Fault } from "../../simulator/faults";
import type { SimulatedRequest } from "../../simulator/server";
import { withSimulator, type Client } from "./client";

/** Runs a test against a simulator that does this to the first try of every API call. */
function withFault(fault: Fault, test: (client: Client) => Promise<void>): Promise<void> {
  const faults = ({ path, attempt }: SimulatedRequest) =>
    path.startsWith("/v1/") && attempt === 1 ? fault : undefined;
  return withSimulator({ faults }, test);
}

/** What became of a request: status and body, or how far the answer came before the connection broke. */
async function outcome(request: Promise<Response>): Promise<string> {
  try {
    const answer = await request;
    return await answer.text().then(
      (text) => `${answer.status} ${text}`,
      () => `${answer.status} broken`,
    );
  } catch {
    return "no answer";
  }
}

describe("faults", () => {
  it("answer another status with JSON", () =>
    withFault({ kind: "status", status: 502, body: { a: 1 } }, async ({ get }) => {
      const answer = await get("/v1/me");
      expect(answer.status).to.equal(502);
      expect(answer.headers.get("content-type")).to.include("json");
      expect(await answer.json()).to.deep.equal({ a: 1 });
    }));

  it("answer another status with a plain error if no body is given", () =>
    withFault({ kind: "status", status: 500 }, async ({ get }) => {
      expect(await (await get("/v1/me")).json()).to.deep.equal({
        error: { status: 500, message: "Simulated 500" },
      });
    }));

  it("answer with text and headers", () =>
    withFault(
      {
        kind: "status",
        status: 503,
        body: "<h1>Upstream</h1>",
        headers: { "content-type": "text/html", "retry-after": "3" },
      },
      async ({ get }) => {
        const answer = await get("/v1/me");
        expect([
          answer.status,
          answer.headers.get("content-type"),
          answer.headers.get("retry-after"),
        ]).to.deep.equal([503, "text/html", "3"]);
        expect(await answer.text()).to.equal("<h1>Upstream</h1>");
      },
    ));

  for (const [given, retryAfter] of [
    [undefined, "1"],
    [7, "7"],
    [null, null],
  ] as const)
    it(`limit the rate, Retry-After ${retryAfter}`, () =>
      withFault({ kind: "rate_limit", retryAfter: given }, async ({ get }) => {
        const answer = await get("/v1/me");
        expect([answer.status, answer.headers.get("retry-after")]).to.deep.equal([429, retryAfter]);
        expect(await answer.json()).to.deep.equal({
          error: { status: 429, message: "API rate limit exceeded" },
        });
      }));

  it("use the quota up", () =>
    withFault({ kind: "quota" }, async ({ get }) => {
      const answer = await get("/v1/me");
      expect(answer.status).to.equal(429);
      expect(Number(answer.headers.get("retry-after"))).to.be.above(3_600);
      const { error } = (await answer.json()) as { error: unknown };
      expect(error).to.include({ status: 429, reason: "QUOTA_EXCEEDED" });
    }));

  it("never answer, until the simulator closes", () => {
    let asked: () => void;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    let pending: Promise<string>;
    const faults = ({ path }: SimulatedRequest): Fault | undefined => {
      if (path !== "/v1/me") return undefined;
      asked();
      return { kind: "timeout" };
    };
    return withSimulator({ faults }, async ({ get }) => {
      pending = outcome(get("/v1/me"));
      await wasAsked;
      const other = await get("/v1/me/tracks");
      expect(other.status).to.equal(200);
      expect(await Promise.race([pending, "still open"])).to.equal("still open");
    }).then(async () => expect(await pending).to.equal("no answer"));
  });

  it("never answer, but break the connection after a while if they say so", () =>
    withFault({ kind: "timeout", ms: 20 }, async ({ get }) => {
      const begun = performance.now();
      expect(await outcome(get("/v1/me"))).to.equal("no answer");
      expect(performance.now() - begun).to.be.at.least(19);
    }));

  it("break the connection before the answer, or in the middle of it", async () => {
    await withFault({ kind: "reset", when: "before" }, async ({ get }) => {
      expect(await outcome(get("/v1/me"))).to.equal("no answer");
    });
    await withFault({ kind: "reset", when: "mid_body" }, async ({ get }) => {
      expect(await outcome(get("/v1/me/tracks"))).to.equal("200 broken");
    });
  });

  for (const kind of ["truncated", "malformed"] as const)
    it(`send a whole answer of ${kind} JSON`, () =>
      withFault({ kind }, async ({ get }) => {
        const answer = await get("/v1/me");
        expect(answer.status).to.equal(200);
        const text = await answer.text();
        expect(Number(answer.headers.get("content-length"))).to.equal(Buffer.byteLength(text));
        expect(() => void JSON.parse(text)).to.throw(SyntaxError);
      }));

  it("come late, with the true answer", () =>
    withFault({ kind: "slow", ms: 30 }, async ({ get }) => {
      const begun = performance.now();
      expect((await get("/v1/me")).status).to.equal(200);
      expect(performance.now() - begun).to.be.at.least(29);
    }));

  it("do not outlive the simulator", () => {
    let pending: Promise<string>;
    const begun = performance.now();
    return withFault({ kind: "slow", ms: 60_000 }, async ({ get }) => {
      pending = outcome(get("/v1/me"));
    }).then(async () => {
      expect(await pending).to.equal("no answer");
      expect(performance.now() - begun).to.be.below(10_000);
    });
  });

  it("hit token requests too, and pass: the second try is answered", () => {
    const faults = ({ n }: SimulatedRequest): Fault | undefined =>
      n === 2 ? { kind: "rate_limit" } : undefined;
    return withSimulator({ faults }, async ({ get, simulator }) => {
      expect((await get("/v1/me")).status).to.equal(429);
      expect((await get("/v1/me")).status).to.equal(200);
      expect(simulator.stats.calls).to.equal(2);
    });
  });

  it("repeat: the same faults give the same answers", async () => {
    const run = async () => {
      const outcomes: string[] = [];
      const kinds: (Fault | undefined)[] = [
        undefined,
        { kind: "truncated" },
        { kind: "reset", when: "before" },
      ];
      await withSimulator(
        { faults: ({ n }) => kinds[n % 3] && (n > 1 ? kinds[n % 3] : undefined) },
        async ({ get }) => {
          for (let k = 0; k < 6; k += 1) outcomes.push(await outcome(get("/v1/me")));
        },
      );
      return outcomes;
    };
    expect(await run()).to.deep.equal(await run());
  });
});
