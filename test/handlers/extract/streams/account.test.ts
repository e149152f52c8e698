import { expect } from "chai";
import { errorAnswer } from "../../../support/fakeSpotify";
import { library, plays, savedTracks } from "../../../support/libraries";
import { signIn, world, type World } from "../../../support/extractWorld";

/** A stack with these listeners, whose accounts nobody has asked for yet. */
function stackOf(...listeners: string[]): World {
  const one = world(library({ plays: plays(["p0"]), saved: savedTracks(["s0"]) }));
  one.areAccountsKnown = false;
  one.settings.listeners = listeners;
  one.settings.sources = ["recently_played", "saved_tracks"];
  one.secrets.signIns = Object.fromEntries(listeners.map((name) => [name, signIn(`refresh-${name}`)]));
  return one;
}

/** The streams that raw has of a listener. */
function streamsOf(one: World, listener: string): string[] {
  const folders = [...one.bucket.objects.keys()].filter((key) => key.startsWith(`raw/${listener}/`));
  return [...new Set(folders.map((key) => key.split("/")[2]!))].sort();
}

const asked = (one: World) => one.spotify.calls.map(({ path }) => path.replace("/v1/", ""));

describe("whose account a sign-in is of", () => {
  it("is asked for before anything is read, and not again for the same sign-in", async () => {
    const one = stackOf("me");
    await one.run();
    expect(asked(one)).to.deep.equal(["me", "me/player/recently-played", "me/tracks"]);
    expect(one.state().listeners.me!.account!.id).to.equal("user");
    expect(JSON.stringify(one.state())).not.to.include("refresh-me");
    await one.run();
    await one.run({ full: true });
    expect(asked(one).filter((path) => path === "me")).to.have.length(1);
  });

  it("costs no call more where the profile is read", async () => {
    const one = stackOf("me");
    one.settings.sources = ["me"];
    await one.run();
    expect(asked(one).filter((path) => path === "me")).to.have.length(1);
    expect(streamsOf(one, "me")).to.include("profile");
  });

  it("may be seen with another sign-in", async () => {
    const one = stackOf("me");
    await one.run();
    one.secrets.signIns.me = signIn("refresh-again");
    expect((await one.run()).status).to.equal("complete");
    expect(asked(one).filter((path) => path === "me")).to.have.length(2);
  });

  it("must be that of the listener's data: else nothing is read, and a person has to sign in", async () => {
    const one = stackOf("me", "bob");
    delete one.secrets.signIns.bob;
    await one.run();
    const before = one.raw().reads.length;
    one.library.userId = "somebody else";
    one.secrets.signIns.me = signIn("refresh-else");
    for (let attempt = 0; attempt < 2; attempt++) {
      const { status, runs } = await one.run();
      expect(status).to.equal("failed");
      expect(runs[0]).to.include({ status: "failed", stop_reason: "other_account", calls: 1 });
      expect(runs[0]!.stop_message)
        .to.include("The sign-in of listener me is not of the Spotify account whose data is here")
        .and.include("npx spotify-lake login")
        .and.not.include("somebody else");
    }
    expect(one.raw().reads).to.have.length(before);
    expect(one.state().listeners.me!.account!.id).to.equal("user");
    expect(JSON.stringify(one.logged)).to.include('"SignInRefused":1');
  });

  it("cannot be another listener's", async () => {
    const one = stackOf("ann", "bob");
    const { runs } = await one.run();
    expect(runs.map(({ stop_reason }) => stop_reason)).to.deep.equal([null, "other_account"]);
    expect(runs[1]!.stop_message).to.include("is of the Spotify account of listener ann");
    expect(streamsOf(one, "bob")).to.deep.equal(["extract_runs"]);
    // A listener who left the stack, such as one with a new name, keeps nobody from signing in.
    one.settings.listeners = ["bob"];
    expect((await one.run()).status).to.equal("complete");
    expect(streamsOf(one, "bob")).to.include("saved_tracks");
  });

  it("may stay unknown for a first sign-in that lacks the permission, but not for a second one", async () => {
    const one = stackOf("me");
    const refusal = () => errorAnswer(403, "Insufficient client scope");
    one.spotify.onCall = ({ path }) => (path === "/v1/me" ? refusal() : undefined);
    expect((await one.run()).status).to.equal("complete");
    one.spotify.onCall = () => undefined;
    await one.run();
    one.spotify.onCall = ({ path }) => (path === "/v1/me" ? refusal() : undefined);
    one.secrets.signIns.me = signIn("refresh-narrow");
    expect((await one.run()).runs[0]!.stop_reason).to.equal("other_account");
  });
});
