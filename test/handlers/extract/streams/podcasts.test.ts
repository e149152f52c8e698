import { expect } from "chai";
import { sourceGroups } from "../../../../schemas/streams";
import { dayMs, world, type World } from "../../../support/extractWorld";
import { errorAnswer } from "../../../support/fakeSpotify";
import { ids, library } from "../../../support/libraries";
import { idsIn } from "../../../support/rawReader";

const paths = { saved_shows: "shows", saved_episodes: "episodes", saved_audiobooks: "audiobooks" } as const;

function fresh(source: string, count: number): World {
  const podcasts = { shows: ids("s", count), episodes: ids("e", count), audiobooks: ids("b", count) };
  const one = world(library({ podcasts }));
  one.settings.sources = [source];
  return one;
}

for (const stream of sourceGroups.podcasts) {
  const path = paths[stream];
  describe(stream, () => {
    it("are read page by page, once a UTC day, and compared with their first page at the end", async () => {
      const one = fresh(stream, 120);
      const { runs } = await one.run();
      expect(one.spotify.calls.map((call) => [call.path, call.offset])).to.deep.equal(
        [0, 50, 100, 0].map((offset) => [`/v1/me/${path}`, offset]),
      );
      expect(one.spotify.calls[0]!.url).to.contain("limit=50");
      expect(runs[0]).to.deep.include({ status: "complete", calls: 4, containers_read: 1 });
      expect(one.raw().reads[0]!.header).to.deep.include({ container: stream, read_kind: "full" });
      expect(one.raw().reads[0]!.close).to.deep.include({ pages: 3, positions: 120 });
      expect(idsIn(one.raw(), stream)).to.deep.equal(one.library.podcasts![path]);
      expect((await one.run()).runs[0]).to.deep.include({ calls: 0, containers_unchanged: 1 });
      one.clock.ms += dayMs;
      one.library.podcasts![path]!.shift();
      await one.run();
      expect(idsIn(one.raw(), stream)).to.have.length(119);
    });

    it("that change while they are read are left to the next run", async () => {
      const one = fresh(stream, 60);
      one.spotify.onCall = (_, index) => {
        if (index === 2) one.library.podcasts![path]![0] = "other";
        return undefined;
      };
      expect((await one.run()).runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "changed_while_read",
      });
      expect((await one.run()).status).to.equal("complete");
      expect(idsIn(one.raw(), stream)![0]).to.equal("other");
    });

    it("that Spotify refuses are a recorded skip, and everything else is read", async () => {
      const one = fresh("podcasts", 2);
      one.spotify.onCall = (call) =>
        call.path === `/v1/me/${path}` ? errorAnswer(403, "Forbidden") : undefined;
      expect((await one.run()).status).to.equal("complete");
      expect(one.raw().skips).to.have.length(1);
      expect(one.raw().skips[0]).to.deep.include({ container: stream, http_status: 403 });
      for (const other of sourceGroups.podcasts.filter((each) => each !== stream))
        expect(idsIn(one.raw(), other), other).to.have.length(2);
    });
  });
}
