import { expect } from "chai";
import { savedAudiobook, savedEpisode, savedShow } from "../../../../handlers/transform/rows/podcasts";
import type { EntryReader } from "../../../../handlers/transform/rows/entries";
import { head, provenance, skipped } from "./entryProvenance";

const added_at = "2020-01-02T03:04:05Z";
const added = Date.UTC(2020, 0, 2, 3, 4, 5);
const show = {
  available_markets: ["SE"],
  copyrights: [],
  description: "Talks.",
  explicit: false,
  id: "s1",
  media_type: "audio",
  name: "A show",
  publisher: "Ann",
  total_episodes: 12,
  type: "show",
  uri: "spotify:show:s1",
};
const episode = {
  duration_ms: 60_000,
  explicit: true,
  id: "e1",
  name: "#1",
  release_date: "2019-12",
  release_date_precision: "month",
  resume_point: { fully_played: false, resume_position_ms: 1500 },
  show,
  type: "episode",
  uri: "spotify:episode:e1",
};
const audiobook = {
  authors: [{ name: "Ann" }, { name: "Bo" }],
  edition: "Unabridged",
  explicit: false,
  id: "b1",
  name: "A book",
  narrators: [{ name: "Cy" }],
  publisher: "Press",
  total_chapters: 3,
  type: "audiobook",
  uri: "spotify:show:b1",
};

describe("savedShow", () => {
  it("makes a row of a podcast", () => {
    expect(savedShow({ added_at, show }, 2, provenance).made?.row).to.include({
      ...{ list_position: 2, show_id: "s1", item_uri: "spotify:show:s1", show_name: "A show" },
      ...{ publisher: "Ann", media_type: "audio", total_episodes: 12, is_explicit: false, added_at: added },
    });
  });

  it("makes one without a publisher, which development mode does not show", () => {
    const { publisher, ...rest } = show;
    expect(publisher).to.equal("Ann");
    expect(savedShow({ added_at, show: rest }, 0, provenance).made?.row).to.include({ publisher: null });
  });
});

describe("savedEpisode", () => {
  it("makes a row of an episode, with its podcast and how far it was heard", () => {
    expect(savedEpisode({ added_at, episode }, 0, provenance).made?.row).to.include({
      ...{ episode_id: "e1", item_uri: "spotify:episode:e1", episode_name: "#1", show_id: "s1" },
      ...{ show_name: "A show", duration_ms: 60_000, release_date: "2019-12", is_explicit: true },
      ...{ release_date_precision: "month", is_fully_played: false, resume_position_ms: 1500 },
      added_at: added,
    });
  });

  it("does not know how far it was heard if Spotify does not say", () => {
    const { resume_point, ...rest } = episode;
    expect(resume_point).not.to.equal(undefined);
    expect(savedEpisode({ added_at, episode: { ...rest, show: null } }, 0, provenance).made?.row).to.include({
      ...{ is_fully_played: null, resume_position_ms: null, show_id: null, show_name: null },
    });
  });
});

describe("savedAudiobook", () => {
  it("makes a row of an audiobook, its authors in one text", () => {
    expect(savedAudiobook(audiobook, 1, provenance).made?.row).to.include({
      ...{ list_position: 1, audiobook_id: "b1", item_uri: "spotify:show:b1", audiobook_name: "A book" },
      ...{ author_names: "Ann, Bo", narrator_names: "Cy", publisher: "Press", edition: "Unabridged" },
      ...{ total_chapters: 3, is_explicit: false },
    });
  });

  it("has no authors where there are none, or what is no name", () => {
    const odd = { ...audiobook, authors: [null, { name: 7 }], narrators: null, edition: "" };
    const nothing = { author_names: null, narrator_names: null, edition: null };
    expect(savedAudiobook(odd, 1, provenance).made?.row).to.include(nothing);
  });
});

describe("an entry without a podcast, episode or audiobook", () => {
  for (const [name, read, entry, skip] of [
    ["a show", savedShow, { added_at, show: null }, "null_entry"],
    ["a show", savedShow, { added_at, show: { ...show, id: "" } }, "no_id"],
    ["an episode", savedEpisode, null, "null_entry"],
    ["an episode", savedEpisode, { added_at, episode: { name: "x" } }, "no_id"],
    ["an audiobook", savedAudiobook, null, "null_entry"],
    ["an audiobook", savedAudiobook, { name: "x" }, "no_id"],
  ] as [string, EntryReader, unknown, string][])
    it(`is skipped: ${name}, as ${skip}`, () => {
      expect(skipped(read(entry, 0, provenance, head))).to.deep.equal({ skip });
    });
});
