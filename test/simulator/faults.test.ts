import { expect } from "chai";
import type { HttpFault } from "../../simulator/faults";
import { Random } from "../../simulator/random";
import type { SimulatedRequest } from "../../simulator/server";
import { libraryOf, listeningTo, playOf, trackOf } from "../support/simulator/small";
import { noon, withSimulator, type Client } from "./client";

/** Runs a test against a simulator that does this to the first try of every API call. */
function withFault(fault: HttpFault, test: (client: Client) => Promise<void>): Promise<void> {
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
    const faults = ({ path }: SimulatedRequest): HttpFault | undefined => {
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
    const faults = ({ n }: SimulatedRequest): HttpFault | undefined =>
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
      const kinds: (HttpFault | undefined)[] = [
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

  it("leave the plays of broken answers out of those that were returned", async () => {
    const plays = Array.from({ length: 30 }, (_, k) => playOf(trackOf(`t${k}`), noon - 60_000 + k));
    const random = new Random("broken answers");
    const broken: HttpFault[] = [
      { kind: "status", status: 500 },
      { kind: "timeout", ms: 50 },
      { kind: "truncated" },
      { kind: "malformed" },
      { kind: "reset", when: "before" },
      { kind: "reset", when: "mid_body" },
    ];
    const options = {
      library: () => libraryOf({}),
      listening: listeningTo(plays),
      faults: ({ path }: SimulatedRequest) =>
        path !== "/api/token" && random.chance(0.5) ? random.pick(broken) : undefined,
    };
    await withSimulator(options, async ({ get, simulator }) => {
      const read = new Set<string>();
      for (let k = 0; k < 20; k += 1) {
        const page = await get(`/v1/me/player/recently-played?limit=2&before=${noon - 60_000 + k}`)
          .then((answer) =>
            answer.ok ? (answer.json() as Promise<{ items: { played_at: string }[] }>) : undefined,
          )
          .catch(() => undefined);
        for (const { played_at } of page?.items ?? []) read.add(played_at);
      }
      const returned = [...simulator.returnedPlays.keys()].map(({ playedAt }) =>
        new Date(playedAt).toISOString(),
      );
      expect(returned.sort()).to.deep.equal([...read].sort());
      expect(returned).to.have.length.within(1, 20);
    });
  });
});
