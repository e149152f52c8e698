import { expect } from "chai";
import { recipes } from "../../infra/sql";
import type { Row } from "../../schemas";
import { Answers } from "../support/answers";
import { ms, read } from "../support/listRows";

/** A play of three minutes, reported by the API. */
const play = (id: string, at: string, more: Row = {}): Row => ({
  ...{
    listener_id: "me",
    read_seq: 1,
    played_at: ms(`${at}Z`),
    track_id: id,
    item_uri: `spotify:track:${id}`,
  },
  ...{ track_name: `Track ${id}`, artist_name: "Ann", duration_ms: 180_000, ...more },
});

describe("the recipes of docs/queries.md", () => {
  let answers: Answers;
  beforeEach(async () => {
    answers = await Answers.open();
  });
  afterEach(() => answers.close());
  const answer = (name: string) => answers.values(recipes().find((recipe) => recipe.name === name)!.sql);

  it("are five, and each answers on an empty lake", async () => {
    expect(recipes()).to.have.length(5);
    for (const { name, title, question } of recipes()) {
      expect(title).to.match(/^[A-Z]/);
      expect(question).to.match(/\?$/);
      expect(await answer(name)).to.deep.equal([]);
    }
  });

  it("first_heard has the first play of each artist", async () => {
    await answers.setRows("plays", [
      play("a", "2026-01-02T10:00:00"),
      play("b", "2026-01-01T10:00:00"),
      play("c", "2026-02-01T10:00:00", { artist_name: "Bob" }),
    ]);
    expect(await answer("first_heard")).to.deep.equal([
      ["me", "Bob", "2026-02-01", "Track c", 1],
      ["me", "Ann", "2026-01-01", "Track b", 2],
    ]);
  });

  it("listening_sessions end with half an hour without a play", async () => {
    await answers.setRows("plays", [
      play("a", "2026-01-01T10:00:00"),
      play("b", "2026-01-01T10:29:59.999"),
      play("c", "2026-01-01T10:59:59.999"),
      play("a", "2026-01-01T11:00:00", { listener_id: "ann" }),
    ]);
    expect(await answer("listening_sessions")).to.deep.equal([
      ["ann", 1, "2026-01-01 11:00:00", "2026-01-01 11:00:00", 1, 3],
      ["me", 1, "2026-01-01 10:00:00", "2026-01-01 10:29:59.999", 2, 6],
      ["me", 2, "2026-01-01 10:59:59.999", "2026-01-01 10:59:59.999", 1, 3],
    ]);
  });

  it("saved_never_played leaves out what was heard by id, or by title and artist", async () => {
    const saved = ["a", "b", "c", "d"].map((id, list_position): Row => ({
      ...{
        listener_id: "me",
        read_seq: 9,
        library_version: 9,
        list_position,
        item_type: "track",
        track_id: id,
      },
      ...{ item_uri: `spotify:track:${id}`, item_name: `Track ${id}`, artist_name: "Ann" },
      added_at: ms("2025-01-01T00:00:00Z"),
    }));
    await answers.setRows("saved_tracks", saved);
    const lists = { stream: "saved_tracks", container_id: "saved_tracks" };
    await answers.setRows("container_reads", [read(9, 1, saved.length, lists)]);
    await answers.setRows("plays", [
      play("a", "2026-01-01T10:00:00", { track_name: "Another title" }),
      play("relinked", "2026-01-01T11:00:00", { track_name: "Track b" }),
      play("c", "2026-01-01T12:00:00", { listener_id: "ann" }),
      play("x", "2026-01-01T12:00:00", { track_name: "Track d", artist_name: "Bob" }),
    ]);
    expect((await answer("saved_never_played")).map((row) => row[1])).to.deep.equal(["Track c", "Track d"]);
  });

  it("album_completion counts the different tracks that were heard", async () => {
    const track = (track_id: string, album_id: string): Row => ({
      read_seq: 1,
      track_id,
      album_id,
      name: track_id,
    });
    await answers.setRows("tracks", [
      track("a", "al1"),
      track("b", "al1"),
      track("c", "al2"),
      track("d", "al3"),
    ]);
    const album = (album_id: string, total_tracks: number): Row => ({
      ...{ read_seq: 1, album_id, name: `Album ${album_id}`, primary_artist_name: "Ann", total_tracks },
    });
    await answers.setRows("albums", [album("al1", 3), album("al2", 2), album("al3", 1)]);
    await answers.setRows(
      "plays",
      ["a", "a", "b", "c", "d"].map((id, at) => play(id, `2026-01-0${at + 1}T10:00:00`)),
    );
    expect(await answer("album_completion")).to.deep.equal([
      ["me", "Album al1", "Ann", 2, 3, 0.667],
      ["me", "Album al2", "Ann", 1, 2, 0.5],
    ]);
  });

  it("loyal_artists have the most months", async () => {
    const bob = { artist_name: "Bob" };
    await answers.setRows("plays", [
      play("a", "2026-01-31T10:00:00"),
      play("b", "2026-03-01T10:00:00"),
      ...["01", "02", "03"].map((day) => play("c", `2026-02-${day}T10:00:00`, bob)),
    ]);
    expect(await answer("loyal_artists")).to.deep.equal([
      ["me", "Ann", 2, "2026-01-01", "2026-03-01", 2],
      ["me", "Bob", 1, "2026-02-01", "2026-02-01", 3],
    ]);
  });
});
