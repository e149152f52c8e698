import type { RunCommand } from "../lib/command";
import { openBrowser } from "./browser";
import { envFile } from "./env-file";
import { login, type Login, type LoginRequest } from "./login";

type Flags = Omit<LoginRequest, "timeoutMs"> & { timeout: number; browser: boolean; json: boolean };

function sentence({ listener, stored }: Login, stack: string | undefined): string {
  if (stack === undefined || stored === envFile)
    return `Signed in; stored in ${stored}. npm start -- --out my-data reads the account.`;
  return `Signed in ${listener}; stored in ${stored}. pulumi up --stack ${stack} puts it into service.`;
}

/** Runs `login`. */
export const runLogin: RunCommand = async (command, { env, dir, ask, print, warn }) => {
  const { timeout, browser, json, ...request } = command.opts<Flags>();
  const result = await login(
    { ...request, timeoutMs: timeout * 1000 },
    {
      env,
      dir,
      ask,
      now: () => Date.now(),
      note: warn,
      invite: (address, redirectUri) => {
        warn(`Sign in at Spotify${browser ? " (a browser opens, if there is one)" : ""}:\n${address}`);
        warn(`Waiting ${timeout} seconds for the answer at ${redirectUri}. Ctrl-C stops.`);
        if (browser) openBrowser(address, env);
      },
    },
  );
  if (request.stack === undefined && env.SPOTIFY_REFRESH_TOKEN)
    warn("SPOTIFY_REFRESH_TOKEN in the environment comes before .env.local; unset it.");
  print(json ? JSON.stringify(result) : sentence(result, request.stack));
  return 0;
};
