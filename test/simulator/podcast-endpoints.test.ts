import { expect } from "chai";
import { readScopes } from "../../simulator/accounts";
import type { Podcasts } from "../../simulator/model";
import { libraryOf } from "../support/simulator/small";
import { ask, refusal, type Body, type Page } from "./ask";

const show = { id: "s1", name: "A show", publisher: "Ann", totalEpisodes: 12 };
const podcasts: Podcasts = {
  shows: [{ addedAt: "2026-01-01T00:00:00Z", show }],
  episodes: [
    {
      addedAt: "2026-01-02T00:00:00Z",
      episode: {
        ...{
          kind: "episode",
          id: "e1",
          name: "#1",
          show,
          description: "",
          durationMs: 60_000,
          explicit: true,
        },
        release: { text: "2025-12-31", precision: "day" },
      },
      fullyPlayed: false,
      resumeMs: 1500,
    },
  ],
  audiobooks: [
    {
      ...{ id: "b1", name: "A book", authors: ["Ann", "Bo"], narrators: ["Cy"], publisher: "Press" },
      ...{ edition: "Unabridged", totalChapters: 3, explicit: false },
    },
  ],
};
const library = libraryOf({ podcasts });
const first = (path: string, asked = {}) => ask<Page>(path, { library, ...asked }).items[0]! as Body;

describe("GET /v1/me/shows", () => {
  it("gives the podcasts with their time, and without a publisher in development mode", () => {
    const entry = first("/v1/me/shows");
    expect(entry.added_at).to.equal("2026-01-01T00:00:00Z");
    expect(entry.show)
      .to.deep.include({ id: "s1", total_episodes: 12, type: "show", uri: "spotify:show:s1" })
      .and.not.to.have.any.keys("publisher", "available_markets");
    expect(first("/v1/me/shows", { mode: "extended" }).show).to.include({ publisher: "Ann" });
  });
});

describe("GET /v1/me/episodes", () => {
  it("gives the episodes with their show, and how far they were heard to those who may know", () => {
    const { added_at, episode } = first("/v1/me/episodes") as { added_at: string; episode: Body };
    expect(added_at).to.equal("2026-01-02T00:00:00Z");
    expect(episode).to.deep.include({
      ...{ id: "e1", duration_ms: 60_000, release_date: "2025-12-31", type: "episode" },
      resume_point: { fully_played: false, resume_position_ms: 1500 },
    });
    expect(episode.show).to.include({ id: "s1" });
    const scopes = readScopes.filter((scope) => scope !== "user-read-playback-position");
    const entry = JSON.stringify(first("/v1/me/episodes", { scopes }));
    expect(entry).to.include("e1").and.not.to.include("resume_point");
  });
});

describe("GET /v1/me/audiobooks", () => {
  it("gives the audiobooks themselves, which are shows to Spotify", () => {
    expect(first("/v1/me/audiobooks")).to.deep.include({
      ...{ id: "b1", name: "A book", type: "audiobook", uri: "spotify:show:b1", total_chapters: 3 },
      ...{ authors: [{ name: "Ann" }, { name: "Bo" }], narrators: [{ name: "Cy" }], edition: "Unabridged" },
    });
  });
});

describe("saved podcasts and audiobooks", () => {
  it("are the listener's alone, who has to agree", () => {
    for (const path of ["/v1/me/shows", "/v1/me/episodes", "/v1/me/audiobooks"]) {
      expect(refusal(path, { grant: "app" })[0], path).to.equal(401);
      expect(refusal(path, { scopes: [] }), path).to.deep.equal([403, "Insufficient client scope"]);
    }
  });
});
