import { expect } from "chai";
import fc from "fast-check";
import { libraryAt } from "../../simulator/library";
import type { Item, Library, Playlist } from "../../simulator/model";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 2, 6, 30);
const small = { playlists: 12, tracks: 150, saved: 60 };

const listed = (library: Library) => library.playlists.filter((list) => list !== null);
const isEditor = (library: Library) => (list: Playlist) =>
  list.owner.id === library.listener.id || list.collaborators.includes(library.listener.id);
const readable = (library: Library) =>
  listed(library).filter((list) => !list.gone && isEditor(library)(list));

/** How many of `these` are not among `those`. */
const without = <T>(these: T[], those: T[]) => these.filter((one) => !those.includes(one)).length;

/** Seeds, and days to simulate. */
const anySimulation = fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 40 }));
const runs = { numRuns: 25 };

/** Everything of a playlist that its snapshot stands for. */
function contents({ revision, snapshotId, ...rest }: Playlist): string {
  void [revision, snapshotId];
  return JSON.stringify(rest);
}

describe("libraryAt", () => {
  it("is the same for the same seed and day, at every hour and however it was come to", () => {
    const at = (seed: number | string, now: number) => libraryAt({ seed, start, now, size: small });
    const straight = at(7, start + 9 * day);
    for (let seed = 100; seed < 110; seed += 1) at(seed, start); // drives seed 7 out of what is kept
    at(7, start + 3 * day);
    const stepwise = at("7", start + 9 * day + 60_000);
    expect(stepwise).not.to.equal(straight);
    expect(stepwise).to.deep.equal(straight);
    expect(at(8, start)).not.to.deep.equal(at(7, start));
  });

  it("changes at midnight UTC and at no other time, and not before its start", () => {
    const at = (now: number) => libraryAt({ seed: 1, start, now, size: small });
    const midnight = Date.UTC(2026, 10, 3);
    expect(at(midnight - 1))
      .to.equal(at(start))
      .and.to.equal(at(start - 5 * day));
    expect(at(midnight)).not.to.deep.equal(at(start));
    expect(at(midnight)).to.equal(at(midnight + day - 1));
  });

  it("gives a playlist another snapshot exactly if it changed, every day", () => {
    fc.assert(
      fc.property(anySimulation, ([seed, days]) => {
        const before = libraryAt({ seed, start, now: start + days * day, size: small });
        const after = libraryAt({ seed, start, now: start + (days + 1) * day, size: small });
        const known = new Map(listed(before).map((list) => [list.id, list]));
        let changes = 0;
        for (const list of listed(after)) {
          const old = known.get(list.id);
          if (!old || old === list) continue;
          expect(list.snapshotId === old.snapshotId, list.name).to.equal(contents(list) === contents(old));
          changes += list.snapshotId === old.snapshotId ? 0 : 1;
        }
        expect(changes).to.be.within(1, 6);
      }),
      runs,
    );
  });

  it("never changes a library that it gave out", () => {
    const first = libraryAt({ seed: 5, start, now: start, size: small });
    const copy = JSON.stringify(first);
    libraryAt({ seed: 5, start, now: start + 20 * day, size: small });
    expect(JSON.stringify(first)).to.equal(copy);
  });

  it("keeps ids apart, what is saved newest first and saved once, followed artists by id, and adds nothing in the future", () => {
    fc.assert(
      fc.property(anySimulation, ([seed, days]) => {
        const now = start + days * day;
        const library = libraryAt({ seed, start, now, size: small });
        const ids = [...listed(library), ...library.unlisted].map(({ id }) => id);
        expect(new Set(ids).size).to.equal(ids.length);
        const times = library.saved.map(({ addedAt }) => addedAt);
        expect(times).to.deep.equal([...times].sort().reverse());
        expect(new Set(library.saved.map(({ track }) => track)).size).to.equal(library.saved.length);
        const albums = library.savedAlbums.filter((entry) => entry !== null);
        const albumTimes = albums.map(({ addedAt }) => addedAt);
        expect(albumTimes).to.deep.equal([...albumTimes].sort().reverse());
        expect(new Set(albums.map(({ album }) => album)).size).to.equal(albums.length);
        const followed = library.followed.map(({ id }) => id);
        expect(followed).to.deep.equal([...new Set(followed)].sort());
        const added = [
          ...times,
          ...albumTimes,
          ...listed(library).flatMap((list) => list.entries.map((one) => one?.addedAt)),
        ];
        for (const time of added) if (time) expect(Date.parse(time)).to.be.below(now);
      }),
      runs,
    );
  });

  it("takes every sort of change within a month", () => {
    const seen = {
      grown: 0,
      shrunk: 0,
      moved: 0,
      renamed: 0,
      described: 0,
      made: 0,
      dropped: 0,
      saved: 0,
      unsaved: 0,
      savedAlbums: 0,
      unsavedAlbums: 0,
      followed: 0,
      unfollowed: 0,
    };
    let before = libraryAt({ seed: 1, start, now: start });
    for (let passed = 1; passed <= 30; passed += 1) {
      const after = libraryAt({ seed: 1, start, now: start + passed * day });
      const old = new Map(listed(before).map((list) => [list.id, list]));
      for (const list of listed(after)) {
        const was = old.get(list.id);
        if (was === list) continue;
        if (!was) seen.made += 1;
        else if (list.entries.length > was.entries.length) seen.grown += 1;
        else if (list.entries.length < was.entries.length) seen.shrunk += 1;
        else if (JSON.stringify(list.entries) !== JSON.stringify(was.entries)) seen.moved += 1;
        else if (list.name !== was.name) seen.renamed += 1;
        else if (list.description !== was.description) seen.described += 1;
      }
      seen.dropped += after.unlisted.length - before.unlisted.length;
      const tracks = (library: Library) => library.saved.map(({ track }) => track);
      seen.saved += without(tracks(after), tracks(before));
      seen.unsaved += without(tracks(before), tracks(after));
      seen.savedAlbums += without(after.savedAlbums, before.savedAlbums);
      seen.unsavedAlbums += without(before.savedAlbums, after.savedAlbums);
      seen.followed += without(after.followed, before.followed);
      seen.unfollowed += without(before.followed, after.followed);
      before = after;
    }
    for (const [change, count] of Object.entries(seen)) expect(count, change).to.be.above(0);
    expect(seen.unsaved).to.be.below(seen.saved);
  });

  it("refuses to be too small", () => {
    const tiny = () => libraryAt({ seed: 1, start, now: start, size: { playlists: 3 } });
    expect(tiny).to.throw(RangeError, "at least 10 playlists");
    expect(libraryAt({ seed: 1, start, now: start + 5 * day, size: { playlists: 10, tracks: 20, saved: 5 } }))
      .to.have.property("playlists")
      .with.length.at.least(10);
  });

  it("passes a month in seconds", () => {
    const begun = performance.now();
    libraryAt({ seed: "a month", start, now: start + 30 * day });
    expect(performance.now() - begun).to.be.below(5_000);
  });
});

describe("the default library holds at least so much of everything", () => {
  for (const [seed, passed] of [
    [1, 0],
    [2, 0],
    ["three", 0],
    [1, 30],
  ] as const) {
    const library = libraryAt({ seed, start, now: start + passed * day });
    const lists = readable(library);
    const entries = lists.flatMap((list) => list.entries);
    const items = entries.map((entry) => entry?.item);
    const saved = library.saved.map(({ track }) => track);
    const tracks = [...items, ...saved].filter((item) => item?.kind === "track");
    const of = (kind: Item["kind"]) => items.filter((item) => item?.kind === kind);
    const albums = [...new Set(tracks.map(({ album }) => album))].filter((album) => album !== null);
    const names = [...tracks, ...lists, ...albums, ...tracks.flatMap(({ artists }) => artists)].map(
      ({ name }) => name,
    );

    /** What is counted, and how many of it there are at least. */
    const least: Record<string, [number, number]> = {
      "playlists in the listing": [library.playlists.length, 40],
      "playlists of the listener's own": [lists.filter(({ owner }) => owner === library.listener).length, 25],
      "playlists that others share": [lists.filter(({ owner }) => owner !== library.listener).length, 3],
      "closed playlists": [listed(library).filter((list) => !isEditor(library)(list)).length, 8],
      "closed playlists that are collaborative": [
        listed(library).filter((list) => list.collaborative && !isEditor(library)(list)).length,
        1,
      ],
      "deleted playlists": [listed(library).filter(({ gone }) => gone).length, 1],
      "null playlists": [library.playlists.filter((list) => list === null).length, 1],
      "empty playlists": [lists.filter((list) => list.entries.length === 0).length, passed ? 0 : 1],
      "playlists without images": [lists.filter(({ images }) => images === null).length, 1],
      "playlists without description": [lists.filter(({ description }) => description === null).length, 1],
      "playlists neither public nor private": [lists.filter((list) => list.public === null).length, 1],
      "different tracks within reach": [new Set(tracks.map(({ id }) => id)).size, 2_000],
      "saved tracks": [saved.length, 600],
      "saves of one second": [
        library.saved.length - new Set(library.saved.map((one) => one.addedAt)).size,
        10,
      ],
      "saved albums, more than a page": [library.savedAlbums.length, 75],
      "null saved albums": [library.savedAlbums.filter((entry) => entry === null).length, 1],
      "followed artists, more than a page": [library.followed.length, 60],
      "local files": [of("local").length, 20],
      episodes: [of("episode").length, 20],
      "null items": [entries.filter((entry) => entry?.item === null).length, 5],
      "null entries": [entries.filter((entry) => entry === null).length, 2],
      "unavailable tracks": [tracks.filter(({ playable }) => !playable).length, 20],
      "relinked tracks": [tracks.filter(({ linkedFrom }) => linkedFrom !== null).length, 10],
      "lists with repeated tracks": [
        lists.filter((list) => new Set(list.entries.map((one) => one?.item)).size < list.entries.length - 1)
          .length,
        3,
      ],
      "tracks without album": [tracks.filter(({ album }) => album === null).length, 3],
      "tracks without ISRC": [tracks.filter(({ isrc }) => isrc === null).length, 20],
      "albums without name": [albums.filter(({ name }) => name === "").length, 3],
      "albums dated to a year": [albums.filter(({ release }) => release.text?.length === 4).length, 20],
      "albums dated to a month": [albums.filter(({ release }) => release.precision === "month").length, 5],
      "albums dated 0000": [albums.filter(({ release }) => release.text === "0000").length, 3],
      "albums without date": [albums.filter(({ release }) => release.text === null).length, 3],
      "entries of unknown date": [entries.filter((entry) => entry?.addedAt === null).length, 10],
      "entries of 1970": [entries.filter((entry) => entry?.addedAt?.startsWith("1970")).length, 10],
      "entries by nobody known": [entries.filter((entry) => entry?.addedBy === null).length, 10],
      "entries by a user without id": [entries.filter((entry) => entry?.addedBy === "").length, 10],
      "names that are empty": [names.filter((name) => name === "").length, 3],
      ...Object.fromEntries(
        [
          '"',
          "'",
          "\\",
          "\t",
          "\n",
          "\r",
          "\u2028",
          "\u0000",
          "<b>",
          "🌊",
          "静",
          "маяк",
          "ا",
          ",",
          "=SUM(",
          "  ",
        ].map((odd) => [
          `names with ${JSON.stringify(odd)}`,
          [names.filter((name) => name.includes(odd)).length, 2],
        ]),
      ),
      "names that are \\N": [names.filter((name) => name === "\\N").length, 2],
    };

    it(`seed ${seed}, day ${passed}`, () => {
      const tooFew = Object.entries(least).filter(([, [count, expected]]) => count < expected);
      expect(tooFew).to.deep.equal([]);
    });
  }

  it("has artists by Zipf's law: a tenth of them made more than a third of the tracks", () => {
    const { allTracks } = libraryAt({ seed: 1, start, now: start });
    const made = new Map<string, number>();
    for (const { artists } of allTracks) made.set(artists[0]!.id, (made.get(artists[0]!.id) ?? 0) + 1);
    const counts = [...made.values()].sort((a, b) => b - a);
    const top = counts.slice(0, Math.ceil(counts.length / 10)).reduce((sum, count) => sum + count, 0);
    expect(top / allTracks.length).to.be.above(1 / 3);
  });
});
