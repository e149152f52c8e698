import { expect } from "chai";
import { artistShape, fullAlbumShape, listedAlbumShape, trackShape } from "../../simulator/music-shapes";
import { episodeOf, libraryOf, localFileOf, playlistOf, playOf, trackOf } from "../support/simulator/small";
import {
  entryShape,
  fullPlaylistShape,
  playlistShape,
  playShape,
  profileShape,
  savedShape,
} from "../../simulator/shapes";
import { modes, type Mode } from "../../simulator/modes";
import type { View } from "../../simulator/json";
import type { PlayContext } from "../../simulator/plays";

/** The fields of each object, written down from the Web API's reference: those of every mode, and those of extended only. */
const identity = "external_urls href id type uri";
const fields = {
  profile: [`account_id display_name images ${identity}`, "country email explicit_content followers product"],
  listed: [
    `collaborative description images items name owner primary_color public snapshot_id ${identity}`,
    "tracks",
  ],
  playlist: [
    `collaborative description images items name owner primary_color public snapshot_id ${identity}`,
    "followers tracks",
  ],
  owner: [`display_name ${identity}`, ""],
  entry: ["added_at added_by is_local item primary_color video_thumbnail", "track"],
  addedBy: [identity, ""],
  saved: ["added_at track", ""],
  track: [
    `album artists disc_number duration_ms explicit external_ids is_local is_playable name preview_url track_number ${identity}`,
    "available_markets popularity",
  ],
  listedTrack: [
    `album artists disc_number duration_ms episode explicit external_ids is_local is_playable name preview_url track track_number ${identity}`,
    "available_markets popularity",
  ],
  unplayable: [
    `album artists disc_number duration_ms explicit external_ids is_local is_playable name preview_url restrictions track_number ${identity}`,
    "available_markets linked_from popularity",
  ],
  local: [
    `album artists disc_number duration_ms explicit external_ids is_local name preview_url track_number ${identity}`,
    "available_markets popularity",
  ],
  localAlbum: [
    `album_type artists images name release_date release_date_precision ${identity}`,
    "available_markets",
  ],
  trackAlbum: [
    `album_type artists images name release_date release_date_precision total_tracks ${identity}`,
    "available_markets",
  ],
  album: [
    `album_type artists copyrights external_ids images name release_date release_date_precision total_tracks tracks ${identity}`,
    "available_markets genres label popularity",
  ],
  listedAlbum: [
    `album_type artists images name release_date release_date_precision total_tracks ${identity}`,
    "album_group available_markets",
  ],
  play: ["context played_at track", ""],
  context: ["external_urls href type uri", ""],
  albumTrack: [
    `artists disc_number duration_ms explicit is_local is_playable name preview_url track_number ${identity}`,
    "available_markets",
  ],
  trackArtist: [`name ${identity}`, ""],
  artist: [`images name ${identity}`, "followers genres popularity"],
  episode: [
    `audio_preview_url description duration_ms explicit html_description images is_externally_hosted is_playable language languages name release_date release_date_precision resume_point show ${identity}`,
    "",
  ],
  show: [
    `copyrights description explicit html_description images is_externally_hosted languages media_type name total_episodes ${identity}`,
    "available_markets publisher",
  ],
} satisfies Record<string, [string, string]>;

/** One of each object in a mode, the market being known. */
function shapesIn(mode: Mode): Record<keyof typeof fields, unknown> {
  const view: View = { rules: modes[mode], market: true, episodes: true };
  const track = trackOf("t1");
  const list = playlistOf("p1", [track, episodeOf("e1")]);
  const [first, second] = list.entries.map((entry) => entryShape(entry, view.rules.itemKeys, view));
  const plain = trackShape(track, view);
  const local = trackShape(localFileOf(), view);
  const album = fullAlbumShape(track.album!, [track], view, (tracks) => tracks);
  const listed = playlistShape(list, view);
  const play = playShape(playOf(track, 0, { context: { type: "album", id: "a" } }), view);
  return {
    profile: profileShape(libraryOf({}).listener, view),
    listed,
    playlist: fullPlaylistShape(list, view, () => ({})),
    owner: listed.owner,
    entry: first,
    addedBy: first!.added_by,
    saved: savedShape({ addedAt: "2026-01-01T00:00:00Z", track }, view),
    track: plain,
    listedTrack: first!.item,
    unplayable: trackShape({ ...track, playable: false, linkedFrom: "old" }, view),
    local,
    localAlbum: local.album,
    trackAlbum: plain.album,
    album,
    listedAlbum: listedAlbumShape(track.album!, "album", view),
    play,
    context: play.context,
    albumTrack: (album.tracks as unknown[])[0],
    trackArtist: (plain.artists as unknown[])[0],
    artist: artistShape(track.artists[0]!, view),
    episode: second!.item,
    show: (second!.item as { show: unknown }).show,
  };
}

describe("shapes", () => {
  for (const mode of ["development", "extended"] as const)
    for (const [name, shape] of Object.entries(shapesIn(mode)))
      it(`${mode}: ${name}`, () => {
        const [always, extended] = fields[name as keyof typeof fields];
        const expected = `${always} ${mode === "extended" ? extended : ""}`.trim().split(" ");
        expect(Object.keys(shape as object).sort()).to.deep.equal(expected.sort());
      });

  it("gives no id of a local file, nor of its album and artist", () => {
    const local = trackShape(localFileOf(), { rules: modes.development, market: true, episodes: true });
    const nothing = { external_urls: {}, href: null, id: null };
    expect(local).to.deep.include({ ...nothing, external_ids: {}, track_number: 0, disc_number: 0 });
    expect(local.album).to.deep.include({ ...nothing, uri: null, album_type: null, release_date: null });
    expect(local.artists).to.deep.equal([{ ...nothing, uri: null, name: "", type: "artist" }]);
  });

  it("gives an artist's genres with extended quota only", () => {
    const genres = (mode: Mode, id: string) => {
      const artist = { ...trackOf("t1").artists[0]!, id };
      return artistShape(artist, { rules: modes[mode], market: true, episodes: true }).genres as string[];
    };
    const ids = Array.from({ length: 50 }, (_, at) => `artist ${at}`);
    const counts = ids.map((id) => genres("extended", id).length);
    expect(new Set(counts)).to.deep.equal(new Set([0, 1, 2, 3]));
    expect(genres("extended", "artist 1")).to.deep.equal(genres("extended", "artist 1"));
    expect(genres("development", "artist 1")).to.equal(undefined);
  });

  it("says when and from where a track was played", () => {
    const view: View = { rules: modes.development, market: false, episodes: true };
    const playedAt = Date.UTC(2026, 0, 2, 3, 4, 5, 67);
    const shape = (context: PlayContext | null) =>
      playShape(playOf(trackOf("t1"), playedAt, { context }), view);
    expect(shape(null)).to.include({ context: null, played_at: "2026-01-02T03:04:05.067Z" });
    expect(shape({ type: "playlist", id: "p1" }).context).to.include({
      type: "playlist",
      href: "https://api.spotify.com/v1/playlists/p1",
      uri: "spotify:playlist:p1",
    });
    expect(shape({ type: "collection", id: "me" }).context).to.include({
      type: "collection",
      href: "https://api.spotify.com/v1/me/tracks",
      uri: "spotify:user:me:collection",
    });
  });

  it("gives images as Spotify does: null, none, one without size or three with", () => {
    const view: View = { rules: modes.development, market: false, episodes: true };
    const widths = (images: string[] | null) =>
      (playlistShape(playlistOf("p1", [], { images }), view).images as { width: number }[] | null)?.map(
        ({ width }) => width,
      ) ?? null;
    expect(widths(null)).to.be.null;
    expect(widths([])).to.deep.equal([]);
    expect(widths(["a"])).to.deep.equal([null]);
    expect(widths(["a", "b", "c"])).to.deep.equal([640, 300, 60]);
  });
});
