import { wholeNumber, type CommandModule } from "./lib/command";

const port = wholeNumber(0, 65_535, "It must be a port from 0 to 65535.");
const seconds = wholeNumber(1, 99_999, "It must be a whole number of seconds, from 1 to 99999.");
const words = (text: string) => text.split(",").map((word) => word.trim());

export const login: CommandModule = {
  name: "login",
  description: "Signs a listener in at Spotify and stores the refresh token; never prints it.",
  define: (command) =>
    command
      .option(
        "--stack <name>",
        "store it in this Pulumi stack's configuration, encrypted (default: .env.local)",
      )
      .option("--listener <name>", "one of the stack's listeners (default: its first)")
      .option("--sources <list>", "sources to ask consent for, such as playlists,saved_tracks", words)
      .option(
        "--port <n>",
        "port of 127.0.0.1 that Spotify sends the browser back to; 0: a free one",
        port,
        8888,
      )
      .option("--timeout <seconds>", "how long the sign-in may take", seconds, 300)
      .option("--no-browser", "only print the address")
      .option("--json", "print one JSON object as the last line")
      .addHelpText(
        "after",
        `
The settings of your app at https://developer.spotify.com/dashboard must list the redirect URI
http://127.0.0.1:8888/callback (or http://127.0.0.1/callback, which allows every port).

Client id and secret come from the stack, from SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET, or from .env.local; else
the command asks for them. Consent is asked for what --sources needs; else for the stack's sources; else for all (me).

Without the Pulumi CLI no stack can be reached, and the sign-in goes to .env.local.

Spotify ends a sign-in six months after the consent. Run this again before that.`,
      ),
  load: () => (require("./login/run") as typeof import("./login/run")).runLogin,
};
