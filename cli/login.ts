import { InvalidArgumentError } from "commander";
import { command, main } from "./lib/command";
import { terminalAsk } from "./login/ask";
import { openBrowser } from "./login/browser";
import { envFile } from "./login/env-file";
import { login, type Login, type LoginRequest } from "./login/login";

const cli = command("login", "Signs a listener in at Spotify and stores the refresh token; never prints it.")
  .option("--stack <name>", "store it in this Pulumi stack's configuration, encrypted (default: .env.local)")
  .option("--listener <name>", "one of the stack's listeners (default: its first)")
  .option("--sources <list>", "sources to ask consent for, such as playlists,saved_tracks", words)
  .option("--port <n>", "port of 127.0.0.1 that Spotify sends the browser back to; 0: a free one", port, 8888)
  .option("--timeout <seconds>", "how long the sign-in may take", seconds, 300)
  .option("--no-browser", "only print the address")
  .option("--json", "print one JSON object as the last line", false)
  .addHelpText(
    "after",
    `
The settings of your app at https://developer.spotify.com/dashboard must list the redirect URI
http://127.0.0.1:8888/callback (or http://127.0.0.1/callback, which is good for every port).

Without the Pulumi CLI there is no stack to be reached, and .env.local gets the sign-in.

Client id and secret come from the stack, from SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET, from .env.local, or are
asked for. Consent is asked for what the sources need: those of --sources, else of the stack, else all (me).

Spotify ends a sign-in six months after the consent. Run this again before that.`,
  );

function words(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
    throw new InvalidArgumentError("It must be a port from 0 to 65535.");
  return Number(text);
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError("It must be a whole number of seconds, from 1 to 99999.");
  return Number(text);
}

type Flags = Omit<LoginRequest, "timeoutMs"> & { timeout: number; browser: boolean; json: boolean };

function sentence({ listener, stored }: Login, stack: string | undefined): string {
  if (stack === undefined || stored === envFile)
    return `Signed in; stored in ${stored}. npm start -- --out my-data reads the account.`;
  return `Signed in ${listener}; stored in ${stored}. pulumi up --stack ${stack} puts it into service.`;
}

main(async () => {
  cli.parse();
  const { timeout, browser, json, ...request } = cli.opts<Flags>();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      console.error("Stopped.");
      process.exit(130);
    });
  const result = await login(
    { ...request, timeoutMs: timeout * 1000 },
    {
      env: process.env,
      dir: process.cwd(),
      ask: terminalAsk(),
      now: () => Date.now(),
      note: (sentence) => console.error(sentence),
      invite: (address, redirectUri) => {
        console.error(
          `Sign in at Spotify${browser ? " (a browser opens, if there is one)" : ""}:\n${address}`,
        );
        console.error(`Waiting ${timeout} seconds for the answer at ${redirectUri}. Ctrl-C stops.`);
        if (browser) openBrowser(address);
      },
    },
  );
  if (request.stack === undefined && process.env.SPOTIFY_REFRESH_TOKEN)
    console.error("SPOTIFY_REFRESH_TOKEN in the environment comes before .env.local; unset it.");
  console.log(json ? JSON.stringify(result) : sentence(result, request.stack));
});
