import { expect } from "chai";
import { faultByChance } from "../../simulator/chaos";
import { libraryOf, listeningTo, playOf, trackOf } from "../support/simulator/small";
import { noon, withSimulator } from "./client";

const request = (path: string, attempt: number, query = "") => ({
  method: "GET",
  path,
  query: new URLSearchParams(query),
  attempt,
});

/** What chance does to many requests. */
const fates = (seed: number, rate: number) =>
  Array.from({ length: 2_000 }, (_, k) =>
    faultByChance({ seed, rate }, request(`/v1/tracks/${k % 500}`, 1 + Math.floor(k / 500))),
  );

describe("faultByChance", () => {
  it("is the same for the same seed and request, in any order", () => {
    expect(fates(1, 0.5)).to.deep.equal(fates(1, 0.5));
    expect(fates(2, 0.5)).not.to.deep.equal(fates(1, 0.5));
    const me = (attempt: number) => faultByChance({ seed: 1, rate: 0.5 }, request("/v1/me", attempt));
    const forwards = [1, 2, 3, 4, 5].map(me);
    expect([5, 4, 3, 2, 1].map(me).reverse()).to.deep.equal(forwards);
  });

  it("hits as often as it is told to, by every kind of fault that passes", () => {
    for (const rate of [0, 0.1, 0.5, 1]) {
      const hit = fates(1, rate).filter((fault) => fault !== undefined).length / 2_000;
      expect(hit).to.be.within(rate - 0.04, rate + 0.04);
    }
    const seen = fates(1, 1).map((fault) => (fault?.kind === "status" ? String(fault.status) : fault!.kind));
    expect([...new Set(seen)].sort()).to.deep.equal([
      "500",
      "502",
      "503",
      "malformed",
      "reset",
      "timeout",
      "truncated",
    ]);
  });

  it("gives a request that is tried again and again through in the end", () => {
    const tries = Array.from({ length: 40 }, (_, k) =>
      faultByChance({ seed: 3, rate: 0.6 }, request("/v1/me", k + 1)),
    );
    expect(tries).to.include(undefined);
  });
});

describe("chaos in the simulator", () => {
  it("repeats, and the plays of broken answers do not count as returned", async () => {
    const plays = Array.from({ length: 30 }, (_, k) => playOf(trackOf(`t${k}`), noon - 60_000 + k));
    const run = async () => {
      const outcomes: string[] = [];
      const read = new Set<string>();
      const options = {
        library: () => libraryOf({}),
        listening: listeningTo(plays),
        chaos: { seed: 5, rate: 0.5 },
        // Signing in is spared: a fault of one's own comes before chance.
        faults: ({ path }: { path: string }) =>
          path === "/api/token" ? ({ kind: "slow", ms: 0 } as const) : undefined,
      };
      await withSimulator(options, async ({ get, simulator }) => {
        for (let k = 0; k < 20; k += 1) {
          const path = `/v1/me/player/recently-played?limit=2&before=${noon - 60_000 + k}`;
          const outcome = await get(path)
            .then(async (answer) => ({ status: answer.status, body: await answer.text() }))
            .catch(() => ({ status: 0, body: "" }));
          outcomes.push(`${outcome.status} ${outcome.body.length}`);
          if (outcome.status !== 200) continue;
          for (const [, time] of outcome.body.matchAll(/"played_at": "([^"]+)"/g))
            if (isWhole(outcome.body)) read.add(time!);
        }
        const returned = [...simulator.returnedPlays.keys()].map(({ playedAt }) =>
          new Date(playedAt).toISOString(),
        );
        expect(returned.sort()).to.deep.equal([...read].sort());
        expect(returned).to.have.length.within(1, 20);
      });
      return outcomes;
    };
    expect(await run()).to.deep.equal(await run());
  });
});

function isWhole(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
