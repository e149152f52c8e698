import { expect } from "chai";
import { revise, uriOf } from "../../simulator/model";
import { episodeOf, localFileOf, playlistOf, trackOf } from "../support/simulator/small";

describe("model", () => {
  it("gives every item its URI", () => {
    expect(uriOf(trackOf("t1"))).to.equal("spotify:track:t1");
    expect(uriOf(episodeOf("e1"))).to.equal("spotify:episode:e1");
  });

  it("form-encodes the texts of a local file and leaves empty ones empty", () => {
    const file = localFileOf({ name: "Rain: 50% & more (live)", artistName: "Émile's", durationMs: 61_400 });
    expect(uriOf(file)).to.equal("spotify:local:%C3%89mile%27s::Rain%3A+50%25+%26+more+%28live%29:61");
    expect(uriOf(localFileOf())).to.equal("spotify:local::::60");
  });

  it("makes a snapshot id of the revision and the contents", () => {
    const list = playlistOf("p1", [trackOf("t1")]);
    expect(Buffer.from(list.snapshotId, "base64").length).to.equal(24);
    expect(playlistOf("p1", [trackOf("t1")]).snapshotId).to.equal(list.snapshotId);
    expect(playlistOf("p1", [trackOf("t2")]).snapshotId).not.to.equal(list.snapshotId);
    expect(playlistOf("p1", [trackOf("t1")], { public: false }).snapshotId).not.to.equal(list.snapshotId);
  });

  it("revises a playlist: another snapshot, even if a change is taken back, and the old one is untouched", () => {
    const list = playlistOf("p1", [trackOf("t1")]);
    const renamed = revise(list, { name: "Other" });
    const back = revise(renamed, { name: list.name });
    expect(new Set([list, renamed, back].map(({ snapshotId }) => snapshotId)).size).to.equal(3);
    expect(back).to.deep.include({ name: list.name, revision: 3 });
    expect(list).to.deep.include({ name: "Playlist p1", revision: 1 });
  });
});
