import { expect } from "chai";
import { libraryAt } from "../../simulator/library";
import { LivingLibrary } from "../../simulator/living";
import { withSimulator } from "./client";
import type { Library, Playlist } from "../../simulator/model";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 2, 6, 30);
const simulation = {
  seed: 1,
  start,
  size: { playlists: 12, tracks: 150, saved: 60, albums: 10, followed: 10 },
};

const readable = ({ playlists, listener }: Library): Playlist =>
  playlists.find((list) => list !== null && list.owner.id === listener.id && list.entries.length > 5)!;

describe("LivingLibrary", () => {
  it("is libraryAt's as long as nothing changes it", () => {
    const living = new LivingLibrary(simulation);
    for (const passed of [0, 3, 4])
      expect(living.at(start + passed * day)).to.deep.equal(
        libraryAt({ ...simulation, now: start + passed * day }),
      );
  });

  it("changes exactly what a path reads", () => {
    const parts: [string, keyof Library][] = [
      ["/v1/me/tracks", "saved"],
      ["/v1/me/albums", "savedAlbums"],
      ["/v1/me/following", "followed"],
      ["/v1/me/playlists", "playlists"],
    ];
    for (const [path, part] of parts)
      for (let number = 0; number < 20; number += 1) {
        const living = new LivingLibrary(simulation);
        const before = living.at(start);
        living.change(path, number, start);
        const after = living.at(start);
        const lengths = [before, after].map((library) => (library[part] as unknown[]).length);
        expect(Math.abs(lengths[0]! - lengths[1]!), path).to.equal(1);
        const untouched = parts.map(([, one]) => one).filter((one) => one !== part);
        for (const other of untouched) expect(after[other]).to.equal(before[other]);
      }
  });

  it("gives a changed playlist another snapshot, and leaves the others alone", () => {
    const living = new LivingLibrary(simulation);
    const before = living.at(start);
    const list = readable(before);
    living.change(`/v1/playlists/${list.id}/items`, 1, start);
    const after = living.at(start);
    const changed = after.playlists.filter((one, place) => one !== before.playlists[place]);
    expect(changed.map((one) => one!.id)).to.deep.equal([list.id]);
    expect(changed[0]!.snapshotId).not.to.equal(list.snapshotId);
    living.change("/v1/search", 2, start);
    expect(living.at(start)).to.equal(after);
  });

  it("stays a proper library for weeks of changes: newest first, saved once, nothing from the future, playlists enough", () => {
    const living = new LivingLibrary(simulation);
    const paths = ["/v1/me/tracks", "/v1/me/albums", "/v1/me/following", "/v1/me/playlists"];
    for (let number = 0; number < 300; number += 1) {
      const now = start + Math.floor(number / 10) * day;
      const path = number % 5 === 4 ? `/v1/playlists/${readable(living.at(now)).id}` : paths[number % 5]!;
      living.change(path, number, now);
      const { saved, savedAlbums, followed, playlists } = living.at(now);
      const albums = savedAlbums.filter((entry) => entry !== null);
      for (const times of [saved.map(({ addedAt }) => addedAt), albums.map(({ addedAt }) => addedAt)]) {
        expect(times).to.deep.equal([...times].sort().reverse());
        expect(Date.parse(times[0]!)).to.be.at.most(now);
      }
      expect(new Set(saved.map(({ track }) => track)).size).to.equal(saved.length);
      expect(new Set(albums.map(({ album }) => album)).size).to.equal(albums.length);
      expect(followed.map(({ id }) => id)).to.deep.equal([...new Set(followed.map(({ id }) => id))].sort());
      expect(playlists.length).to.be.within(9, 25);
    }
  });
});

describe("editEvery", () => {
  /** The totals of five reads of saved tracks, with the library changed before every second call. */
  const totals = async () => {
    const seen: number[] = [];
    await withSimulator({ editEvery: 2 }, async ({ get, simulator }) => {
      for (let call = 0; call < 5; call += 1) {
        const page = (await (await get("/v1/me/tracks?limit=50&offset=50")).json()) as { total: number };
        seen.push(page.total);
        expect(simulator.library().saved.length).to.equal(page.total);
      }
    });
    return seen;
  };

  it("changes what is read before every so many calls, and repeats", async () => {
    const seen = await totals();
    const steps = seen.slice(1).map((total, k) => Math.abs(total - seen[k]!));
    expect(steps).to.deep.equal([1, 0, 1, 0]);
    expect(await totals()).to.deep.equal(seen);
  });
});
