import { expect } from "chai";
import fc from "fast-check";
import { dayMs, withMishap, world, type World } from "../../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../../support/fakeSpotify";
import { ids, library, plays } from "../../../support/libraries";
import { playsIn } from "../../../support/rawReader";

function fresh(played: World["library"]["plays"]): World {
  const one = world(library({ plays: played }));
  one.settings.sources = ["recently_played"];
  return one;
}

const names = (one: World) => [...playsIn(one.raw())].map((play) => play.split(" ")[1]).sort();
const answers = (one: World) => one.raw().lines.filter(({ kind }) => kind === "object");

describe("recently_played", () => {
  it("keeps an answer as it came, asked for without a cursor", async () => {
    const one = fresh(plays(ids("p", 3)));
    const { runs } = await one.run();
    expect(one.spotify.calls.map(({ url }) => url)).to.deep.equal([
      "https://api.example/v1/me/player/recently-played?limit=50",
    ]);
    expect(runs[0]).to.deep.include({ status: "complete", calls: 1, containers_read: 1, raw_objects: 1 });
    const { keys, lines } = one.raw();
    expect(keys[0]).to.match(/^raw\/me\/recently_played\/snapshot_date=2026-11-22\//);
    expect(lines[0]).to.deep.include({
      kind: "header",
      stream: "recently_played",
      container: "recently_played",
      request: "/v1/me/player/recently-played?limit=50",
      version: null,
    });
    expect(names(one)).to.deep.equal(["p0", "p1", "p2"]);
  });

  it("writes nothing when nothing is new, nor when nothing was ever played", async () => {
    for (const played of [plays(ids("p", 60)), []]) {
      const one = fresh(played);
      await one.run();
      const before = answers(one).length;
      const { runs } = await one.run();
      expect(runs[0]).to.deep.include({ containers_unchanged: 1, containers_read: 0, raw_objects: 0 });
      expect(answers(one)).to.have.length(before);
    }
  });

  it("keeps plays that turn up late, behind those that are known", async () => {
    const one = fresh(plays(ids("p", 20)));
    await one.run();
    one.library.plays.push({ id: "late", playedAt: "2026-11-22T03:01:30Z" });
    await one.run();
    expect(names(one)).to.include("late");
    expect(one.raw().gaps).to.deep.equal([]);
  });

  it("tells two tracks of one moment apart, and two plays of one track", async () => {
    const one = fresh(plays(["a"]));
    await one.run();
    one.library.plays.push({ ...one.library.plays[0]!, id: "b" });
    one.library.plays.push({ id: "a", playedAt: "2026-11-22T04:10:00Z" });
    await one.run();
    expect(playsIn(one.raw()).size).to.equal(3);
  });

  it("is not led astray by an answer that is short, or empty, for once", async () => {
    for (const shown of [0, 5]) {
      const one = fresh(plays(ids("p", 50)));
      await one.run();
      const all = one.library.plays;
      one.library.plays = [...plays(["new"], "2026-11-22T05:00:00Z"), ...all].slice(0, shown);
      await one.run();
      one.library.plays = [...plays(["newer"], "2026-11-22T06:00:00Z"), ...all];
      await one.run();
      expect(names(one)).to.include("newer");
      expect(one.raw().gaps).to.deep.equal([]);
      const before = answers(one).length;
      await one.run();
      expect(answers(one)).to.have.length(before);
    }
  });

  describe("after more plays than an answer holds", () => {
    const missed = async (count: number) => {
      const one = fresh(plays(ids("p", 10)));
      await one.run();
      one.library.plays.push(...plays(ids("n", count), "2026-11-22T10:00:00Z"));
      await one.run();
      return one;
    };

    it("records the gap, beside the answer", async () => {
      const one = await missed(60);
      const { gaps, keys, lines } = one.raw();
      expect(gaps).to.deep.equal([
        {
          kind: "gap",
          listener: "me",
          stream: "recently_played",
          run_id: one.raw().runs[1]!.run_id,
          from: "2026-11-22T04:00:00.000Z",
          to: "2026-11-22T07:33:00.000Z",
          at: gaps[0]!.at,
        },
      ]);
      expect(keys.filter((key) => key.includes("recently_played"))).to.have.length(2);
      expect(lines.filter(({ kind }) => kind === "object")).to.have.length(2);
      await one.run();
      expect(one.raw().gaps).to.have.length(1);
    });

    it("records one, too, if the answer just happens to begin where the known plays end", async () => {
      expect((await missed(50)).raw().gaps).to.have.length(1);
    });

    it("records none while the answer reaches back to a known play, or on the first run", async () => {
      expect((await missed(49)).raw().gaps).to.deep.equal([]);
      const first = fresh(plays(ids("p", 80)));
      await first.run();
      expect(first.raw().gaps).to.deep.equal([]);
    });

    for (const odd of ["sometime", "2098-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"])
      it(`records one though a play is said to be of ${odd}`, async () => {
        const [known, first] = ["2026-11-22T04:00:00.000Z", "2026-11-22T07:33:00.000Z"];
        const later = plays(ids("n", 49), "2026-11-22T09:57:00Z").map(({ playedAt }) => playedAt);
        for (const answers of [
          [
            [odd, known],
            [...later, first],
          ],
          [[known], [odd, ...later]],
        ]) {
          const one = fresh([]);
          one.spotify.onCall = () => {
            const items = answers
              .shift()!
              .map((played_at) => ({ played_at, track: { uri: "spotify:track:a" } }));
            return jsonAnswer(200, { items });
          };
          await one.run();
          await one.run();
          expect(one.raw().gaps).to.have.length(1);
          expect(one.raw().gaps[0]).to.deep.include({ from: known, to: first });
        }
      });

    for (const [partSize, full] of [
      [undefined, false],
      [100, false],
      [undefined, true],
    ] as const)
      it(`records one though the first run died once its plays were written, parts of ${partSize ?? "usual"} size${full ? ", and the next one reads everything again" : ""}`, async () => {
        let written = 0;
        for (let at = 0; at < 12; at += 1) {
          const one = fresh(plays(ids("p", 10)));
          const deps = { ...withMishap(one, at, "dies after").deps, partSize };
          await one.run("first", deps).catch(() => undefined);
          one.clock.ms += dayMs;
          one.library.plays.push(...plays(ids("n", 60), "2026-11-22T10:00:00Z"));
          const isKnown = playsIn(one.raw()).size > 0;
          await one.run({ id: "second", full });
          if (!isKnown) continue;
          written += 1;
          expect(one.raw().gaps).to.have.length(1);
        }
        expect(written).to.be.greaterThan(0);
      });

    it("records none if the answer reaches back behind what is known", async () => {
      const one = fresh(plays(["lone"]));
      await one.run();
      one.library.plays = plays(ids("other", 50), "2026-11-22T04:30:00Z");
      await one.run();
      expect(one.raw().gaps).to.deep.equal([]);
      expect(playsIn(one.raw()).size).to.equal(51);
    });
  });

  it("is read though Spotify fails at it, once, and the rest is read beside it", async () => {
    const one = fresh(plays(ids("p", 3)));
    one.settings.sources = ["recently_played", "profile"];
    one.spotify.onCall = ({ path }) => (path.includes("player") ? errorAnswer(500, "oops") : undefined);
    await one.run().catch(() => undefined);
    expect(one.raw().runs[0]).to.deep.include({ status: "failed", stop_reason: "server_error" });
    expect(one.spotify.calls.at(-1)!.path).to.equal("/v1/me");
    one.spotify.onCall = () => undefined;
    await one.run();
    expect(names(one)).to.have.length(3);
  });

  it("has every play that Spotify ever answered, and a gap over each that it no longer did", async () => {
    const play = fc.record({
      afterMinutes: fc.integer({ min: 1, max: 20 }),
      lateHours: fc.constantFrom(0, 0, 0, 0, 1, 5),
    });
    const stretch = fc.record({ played: fc.array(play, { maxLength: 70, size: "max" }), dies: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { minLength: 1, maxLength: 6 }), async (stretches) => {
        const one = fresh([]);
        const history: { id: string; playedAt: string; shownAt: number }[] = [];
        const answered = new Set<string>();
        let hasKnown = -Infinity;
        one.spotify.onCall = () => (body: unknown) => {
          const { items } = body as { items: { played_at: string; track: { id: string } }[] };
          for (const { played_at, track } of items) answered.add(`${played_at} ${track.id}`);
          return body;
        };
        for (const { played, dies } of stretches) {
          for (const { afterMinutes, lateHours } of played) {
            one.clock.ms += afterMinutes * 60_000;
            const playedAt = new Date(one.clock.ms).toISOString();
            history.push({
              id: `t${history.length}`,
              playedAt,
              shownAt: one.clock.ms + lateHours * 3_600_000,
            });
          }
          one.library.plays = history.filter(({ shownAt }) => shownAt <= one.clock.ms);
          // A run that dies before its state is saved has written the same answer twice in the end.
          const put: typeof one.bucket.put = async (key, ...rest) => {
            const etag = await one.bucket.put(key, ...rest);
            if (key.includes("recently_played")) throw new Error("The process dies.");
            return etag;
          };
          if (dies) await one.run(undefined, { store: { ...one.bucket, put } }).catch(() => undefined);
          one.clock.ms += dies ? dayMs / 24 : 1000;
          await one.run();
          if (hasKnown === -Infinity && answered.size > 0) hasKnown = one.clock.ms;
        }
        const kept = playsIn(one.raw());
        expect(kept).to.deep.equal(answered);
        for (const { id, playedAt, shownAt } of history) {
          const isOnTime = shownAt === Date.parse(playedAt) && shownAt > hasKnown;
          if (!isOnTime || kept.has(`${playedAt} ${id}`)) continue;
          expect(
            one.raw().gaps.some(({ from, to }) => from < playedAt && playedAt < to),
            playedAt,
          ).to.equal(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});
