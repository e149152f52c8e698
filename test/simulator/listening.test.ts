import { expect } from "chai";
import fc from "fast-check";
import { libraryAt } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { libraryOf, trackOf } from "../support/simulator/small";
import type { Play } from "../../simulator/plays";

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 2);
const size = { playlists: 12, tracks: 300, saved: 60 };

/** The default listener of a seed, with a small library. */
const listenerOf = (seed: number | string) =>
  listeningOf(seed, (now) => libraryAt({ seed, start, now, size }));

const endOf = (play: Play) => play.startedAt + play.msPlayed;
const share = <T>(list: T[], test: (one: T) => boolean) => list.filter(test).length / list.length;

describe("listeningOf", () => {
  it("is the same for the same seed, whatever was asked before", () => {
    const straight = listenerOf(7);
    const roundabout = listenerOf("7");
    roundabout.between(start + 20 * day, start + 21 * day);
    roundabout.between(start - 9 * day, start);
    expect(roundabout.between(start, start + 9 * day)).to.deep.equal(
      straight.between(start, start + 9 * day),
    );
    expect(listenerOf(8).between(start, start + day)).not.to.deep.equal(straight.between(start, start + day));
  });

  it("gives any stretch as it is in a longer one, the same objects every time", () => {
    const listener = listenerOf(1);
    const month = listener.between(start, start + 30 * day);
    const moment = fc.integer({ min: start, max: start + 30 * day });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const expected = month.filter(({ playedAt }) => playedAt >= from && playedAt < to);
        const found = listener.between(from, to);
        expect(found.length).to.equal(expected.length);
        found.forEach((play, k) => expect(play).to.equal(expected[k]));
      }),
      { numRuns: 50 },
    );
    const hours = Array.from({ length: 30 * 24 }, (_, k) => start + k * hour);
    expect(hours.flatMap((from) => listener.between(from, from + hour))).to.deep.equal(month);
  });

  it("plays one thing after the other, each for half a minute at least, and tells nothing before it ended", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: -40, max: 40 }),
        (seed, passed) => {
          const from = start + passed * day;
          const plays = listenerOf(seed).between(from, from + 7 * day);
          plays.forEach((play, k) => {
            const next = plays[k + 1];
            expect(play.track.playable).to.be.true;
            expect(play.msPlayed).to.be.within(30_000, play.track.durationMs);
            expect([play.startedAt, endOf(play)]).to.include(play.playedAt);
            expect(play.visibleAt ?? Infinity).to.be.at.least(endOf(play) + 1000);
            if (next) expect(next.startedAt).to.be.above(endOf(play));
            if (next) expect(next.playedAt).to.be.above(play.playedAt);
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  for (const seed of [1, 2, 3])
    describe(`over a quarter of a year, seed ${seed}`, () => {
      const days = 91;
      const plays = listenerOf(seed).between(start, start + days * day);
      const hourOf = ({ playedAt }: Play) => new Date(playedAt).getUTCHours();
      const playsAt = (...hours: number[]) => plays.filter((play) => hours.includes(hourOf(play))).length;

      it("plays about 60 a day, more on weekends, most in the evening, hardly any at night", () => {
        const weekend = plays.filter(({ playedAt }) => [0, 6].includes(new Date(playedAt).getUTCDay()));
        expect(plays.length / days).to.be.within(50, 70);
        expect(weekend.length / 26).to.be.above((1.15 * (plays.length - weekend.length)) / 65);
        expect(playsAt(18, 19, 20, 21)).to.be.above(1.5 * playsAt(10, 11, 12, 13));
        expect(playsAt(1, 2, 3, 4, 5)).to.be.below(plays.length / 15);
      });

      it("plays more than 50 in an hour now and then", () => {
        const hours = Array.from({ length: days * 24 }, (_, k) => start + k * hour);
        const counts = hours.map(
          (from) => plays.filter(({ playedAt }) => playedAt >= from && playedAt < from + hour).length,
        );
        expect(counts.filter((count) => count > 50).length).to.be.within(2, 20);
      });

      it("reports plays minutes or hours late, out of order, or never", () => {
        const reported = plays.filter(({ visibleAt }) => visibleAt !== null);
        const late = (least: number) => share(reported, (play) => play.visibleAt! - endOf(play) > least);
        expect(share(plays, ({ visibleAt }) => visibleAt === null)).to.be.within(0.01, 0.1);
        expect(late(20 * 60_000)).to.be.within(0.08, 0.3);
        expect(late(2 * hour)).to.be.within(0.01, 0.15);
        const overtaken = reported.filter(
          (play, k) => reported[k + 1] && reported[k + 1]!.visibleAt! < play.visibleAt!,
        );
        expect(overtaken.length / reported.length).to.be.within(0.05, 0.5);
      });

      it("gives the beginning or the end of a play, from a known or an unknown context, some in a row", () => {
        expect(share(plays, (play) => play.playedAt === play.startedAt)).to.be.within(0.2, 0.6);
        expect(share(plays, ({ context }) => context === null)).to.be.within(0.1, 0.5);
        for (const type of ["album", "artist", "collection", "playlist"])
          expect(
            plays.some(({ context }) => context?.type === type),
            type,
          ).to.be.true;
        const repeats = plays.filter((play, k) => play.track === plays[k + 1]?.track);
        expect(repeats.length / plays.length).to.be.within(0.03, 0.3);
        expect(share(plays, (play) => play.msPlayed < play.track.durationMs)).to.be.within(0.1, 0.5);
      });
    });

  it("works a month of the default library out in less than a second", () => {
    const listener = listeningOf("speed", (now) => libraryAt({ seed: "speed", start, now }));
    libraryAt({ seed: "speed", start, now: start + 30 * day });
    const begun = performance.now();
    listener.between(start, start + 30 * day);
    expect(performance.now() - begun).to.be.below(1_000);
  });

  it("plays what there is, or nothing", () => {
    const only = trackOf("t1", { album: null });
    const one = listeningOf(1, () => libraryOf({ saved: [only, trackOf("t2", { playable: false })] }));
    expect(new Set(one.between(start, start + 7 * day).map(({ track }) => track))).to.deep.equal(
      new Set([only]),
    );
    expect(listeningOf(1, () => libraryOf({})).between(start, start + 7 * day)).to.be.empty;
  });
});
