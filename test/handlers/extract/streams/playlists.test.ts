import { expect } from "chai";
import { world } from "../../../support/extractWorld";
import { ids, library, playlist } from "../../../support/libraries";
import { listingIn } from "../../../support/rawReader";

/** A world with 60 playlists: two pages of the list. */
function fresh() {
  const one = world(library({ playlists: ids("p", 60).map((id) => playlist(id, [])) }));
  one.settings.sources = ["playlists"];
  return one;
}

describe("playlists", () => {
  it("are listed whole, visible at once", async () => {
    const one = fresh();
    await one.run();
    expect(listingIn(one.raw())).to.deep.equal(ids("p", 60));
    const { header, close } = one.raw().reads[0]!;
    expect(header).to.deep.include({ stream: "playlists", container: "playlists", version: null });
    expect(header.request).to.equal("/v1/me/playlists?limit=50&offset=0");
    expect(close).to.deep.include({ pages: 2, positions: 60 });
  });

  it("are listed again if one comes or goes meanwhile", async () => {
    for (const change of [
      (lists: unknown[]) => lists.unshift(playlist("new", [])),
      (lists: unknown[]) => lists.shift(),
      // The total stays, but a playlist moves to where it is listed twice.
      (lists: unknown[]) => lists.splice(0, 60, playlist("new", []), ...lists.slice(0, 59)),
    ]) {
      const one = fresh();
      one.spotify.onCall = (_, index) => {
        if (index === 2) change(one.library.playlists);
        return undefined;
      };
      expect((await one.run()).status).to.equal("complete");
      expect(one.spotify.calls.length).to.be.oneOf([4, 5]);
      expect(listingIn(one.raw())).to.deep.equal(one.library.playlists.map((list) => list!.id));
      expect(one.raw().reads).to.have.length(1);
    }
  });

  it("that keep changing are left to the next run", async () => {
    const one = fresh();
    one.spotify.onCall = (_, index) => {
      if (index > 0) one.library.playlists.unshift(playlist(`new${index}`, []));
      return undefined;
    };
    const { runs } = await one.run();
    expect(runs[0]).to.deep.include({ status: "partial", stop_reason: "changed_while_read", calls: 7 });
    expect(one.raw().reads).to.deep.equal([]);
    one.spotify.onCall = () => undefined;
    expect((await one.run()).status).to.equal("complete");
  });

  it("that Spotify lists twice are taken as listed, once that is sure", async () => {
    const one = fresh();
    one.library.playlists.push(one.library.playlists[3]!);
    one.settings.sources = ["playlists", "playlist_items"];
    const { runs } = await one.run();
    expect(runs[0]).to.deep.include({ status: "complete" });
    expect(listingIn(one.raw())).to.have.length(61);
    expect(one.spotify.calls.filter(({ path }) => path === "/v1/playlists/p3/items")).to.have.length(1);
  });
});
