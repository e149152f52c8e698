import { expect } from "chai";
import fc from "fast-check";
import { libraryAt } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { recentPlays, silence } from "../../simulator/plays";
import { listeningTo, playOf, trackOf } from "../support/simulator/small";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 2);
const track = trackOf("t1");

describe("recentPlays", () => {
  it("are the 50 visible plays with the greatest time, newest first", () => {
    const listener = listeningOf(1, (now) => libraryAt({ seed: 1, start, now }));
    const plays = listener.between(start - 20 * day, start + 10 * day);
    fc.assert(
      fc.property(fc.integer({ min: start, max: start + 9 * day }), (now) => {
        const visible = plays.filter(({ visibleAt }) => visibleAt !== null && visibleAt <= now);
        const expected = visible.sort((a, b) => b.playedAt - a.playedAt).slice(0, 50);
        expect(recentPlays(listener, now)).to.deep.equal(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("take a late play in at its place, and drop the oldest for it", () => {
    const known = Array.from({ length: 50 }, (_, k) => playOf(track, start + k * 1000));
    const late = playOf(track, start + 500, { visibleAt: start + 100_000 });
    const listener = listeningTo([...known, late]);
    expect(recentPlays(listener, start + 99_999)).to.deep.equal([...known].reverse());
    const after = recentPlays(listener, start + 100_000);
    expect(after).to.have.length(50);
    expect(after.at(-1)).to.equal(late);
  });

  it("reach back over a pause, and leave private sessions out", () => {
    const old = playOf(track, start - 30 * day);
    const hidden = playOf(track, start, { visibleAt: null });
    expect(recentPlays(listeningTo([old, hidden]), start + day)).to.deep.equal([old]);
    expect(recentPlays(silence, start)).to.deep.equal([]);
  });
});
