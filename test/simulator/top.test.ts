import { expect } from "chai";
import { libraryAt } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { listeningTo, playOf, trackOf } from "../support/simulator/small";
import { topArtists, topTracks } from "../../simulator/top";

const day = 86_400_000;
const midnight = Date.UTC(2026, 10, 2);
const noon = midnight + day / 2;
const [a, b, c] = [trackOf("a", { popularity: 10 }), trackOf("b", { popularity: 90 }), trackOf("c")];
const ago = (days: number) => midnight - days * day;

describe("top items", () => {
  it("are ranked by plays, then by popularity", () => {
    const listener = listeningTo([
      playOf(c, ago(1)),
      playOf(c, ago(2)),
      playOf(a, ago(3)),
      playOf(b, ago(4)),
    ]);
    expect(topTracks(listener, "short_term", noon)).to.deep.equal([c, b, a]);
  });

  it("count an artist for each play of a track that is mainly theirs", () => {
    const guest = trackOf("g", { artists: [b.artists[0]!, a.artists[0]!] });
    const listener = listeningTo([playOf(a, ago(1)), playOf(b, ago(2)), playOf(guest, ago(3))]);
    expect(topArtists(listener, "short_term", noon)).to.deep.equal([b.artists[0], a.artists[0]]);
  });

  it("look back four weeks, half a year and a year, up to the last midnight", () => {
    const listener = listeningTo([
      playOf(a, ago(27)),
      playOf(b, ago(180)),
      playOf(c, ago(364)),
      playOf(trackOf("old"), ago(366)),
      playOf(trackOf("today"), noon - 1000),
      playOf(trackOf("late"), ago(1), { visibleAt: noon }),
      playOf(trackOf("private"), ago(1), { visibleAt: null }),
    ]);
    const ids = (range: "short_term" | "medium_term" | "long_term") =>
      topTracks(listener, range, noon).map(({ id }) => id);
    expect(ids("short_term")).to.deep.equal(["a"]);
    expect(ids("medium_term")).to.have.members(["a", "b"]);
    expect(ids("long_term")).to.have.members(["a", "b", "c"]);
  });

  it("change slowly, and the slower the longer the range", () => {
    const listener = listeningOf(1, (now) => libraryAt({ seed: 1, start: midnight, now }));
    const kept = (range: "short_term" | "long_term") => {
      const first = topTracks(listener, range, midnight).slice(0, 50);
      const later = topTracks(listener, range, midnight + 7 * day).slice(0, 50);
      return first.filter((track) => later.includes(track)).length;
    };
    expect(kept("long_term")).to.be.within(45, 50);
    expect(kept("short_term")).to.be.within(10, 45);
  });
});
