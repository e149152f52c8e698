import { SpotifyClient, type ClientOptions } from "../../../../handlers/extract/spotify/client";
import { accountsUrl, apiUrl, fakeSpotify, type FakeFault } from "../../../support/fakeSpotify";
import { ids, library, playlist, savedTracks } from "../../../support/libraries";

/** A client on a fake Spotify; time passes only by waiting. */
export function setup(options: Partial<ClientOptions> = {}) {
  const shelf = library({ playlists: [playlist("p", ids("t", 60))], saved: savedTracks(ids("s", 60)) });
  const clock = { ms: Date.parse("2026-11-22T04:15:00Z"), left: 600_000 };
  const fake = fakeSpotify(shelf, () => clock.ms);
  const waits: number[] = [];
  let spent = 0;
  const client = new SpotifyClient({
    fetch: fake.fetch,
    now: () => clock.ms,
    sleep: async (ms) => {
      waits.push(ms);
      clock.left -= ms;
    },
    random: () => "80000000",
    apiUrl,
    accountsUrl,
    app: { clientId: "client", clientSecret: "hush" },
    refreshToken: "refresh",
    market: "SE",
    timeLeft: () => clock.left,
    spend: async () => {
      spent += 1;
    },
    ...options,
  });
  return { client, fake, waits, clock, spent: () => spent };
}

/** Lets the first calls go wrong, one after the other. */
export function failFirst(fake: ReturnType<typeof fakeSpotify>, faults: (() => FakeFault)[]): void {
  fake.onCall = (_, index) => faults[index]?.();
}
