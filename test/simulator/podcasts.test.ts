import { expect } from "chai";
import { libraryAt } from "../../simulator/library";

const dayMs = 86_400_000;
const start = Date.parse("2026-03-01T00:00:00Z");
const size = { playlists: 10, tracks: 30, saved: 5, albums: 2, followed: 2 };
const podcastsOf = (day: number) =>
  libraryAt({ seed: "podcasts", start, size, now: start + day * dayMs }).podcasts;

describe("the simulated listener's podcasts", () => {
  it("are there at the start, each once, newest first", () => {
    const { shows, episodes, audiobooks } = podcastsOf(0);
    expect([shows.length, audiobooks.length]).to.deep.equal([5, 6]);
    expect(episodes).to.have.length(20);
    for (const all of [shows, episodes]) {
      const times = all.map(({ addedAt }) => addedAt);
      expect(times).to.deep.equal([...times].sort().reverse());
      expect(Date.parse(times[0]!)).to.be.below(start);
    }
    for (const { fullyPlayed, resumeMs, episode } of episodes)
      expect(resumeMs).to.be.within(0, fullyPlayed ? 0 : episode.durationMs - 1);
  });

  it("are heard further from day to day, finished, and become more", () => {
    let [heard, finished, added] = [0, 0, 0];
    for (let day = 1; day <= 20; day += 1) {
      const [before, after] = [podcastsOf(day - 1), podcastsOf(day)];
      const was = new Map(before.episodes.map((saved) => [saved.episode.id, saved]));
      for (const { episode, resumeMs, fullyPlayed, addedAt } of after.episodes) {
        const old = was.get(episode.id);
        if (!old) expect(Date.parse(addedAt)).to.be.within(start + (day - 1) * dayMs, start + day * dayMs);
        added += Number(!old);
        heard += Number(old !== undefined && resumeMs > old.resumeMs);
        finished += Number(old !== undefined && fullyPlayed && !old.fullyPlayed);
        if (old?.fullyPlayed) expect(fullyPlayed).to.equal(true);
      }
      const episodesOf = ({ shows }: typeof after) =>
        shows.reduce((sum, { show }) => sum + show.totalEpisodes, 0);
      expect(episodesOf(after) - episodesOf(before)).to.equal(after.episodes.length - before.episodes.length);
    }
    expect(heard).to.be.greaterThan(5);
    expect(finished).to.be.greaterThan(2);
    expect(added).to.be.greaterThan(3);
  });
});
