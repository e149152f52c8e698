import { simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator, type SimulatorOptions } from "../../simulator/server";

/** Noon of a day to simulate. */
export const noon = Date.UTC(2026, 10, 2, 12);

/** The answers of a simulator on a free port, signed in as its listener (or as the app alone). */
export interface Client {
  simulator: SpotifySimulator;
  url: string;
  token: string;
  /** GET, signed in. */
  get(path: string): Promise<Response>;
}

/** Runs a test against a running simulator and closes it. Its clock stands at noon unless given. */
export async function withSimulator(
  options: Partial<SimulatorOptions> & { grant?: "listener" | "app" },
  test: (client: Client) => Promise<void>,
): Promise<void> {
  const simulator = new SpotifySimulator({ clock: { now: () => noon }, ...options });
  const url = await simulator.start();
  try {
    const answer = await signIn(url, options.grant ?? "listener");
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    await test({ simulator, url, token, get: (path) => fetch(url + path, { headers }) });
  } finally {
    await simulator.close();
  }
}

/** Asks for a token as a grant, with the given or the accepted credentials. */
export function signIn(
  url: string,
  grant: "listener" | "app",
  given: Partial<typeof simulatedCredentials> = {},
): Promise<Response> {
  const { clientId, clientSecret, refreshToken } = { ...simulatedCredentials, ...given };
  const form = new URLSearchParams(
    grant === "app" ? "grant_type=client_credentials" : "grant_type=refresh_token",
  );
  if (grant === "listener") form.set("refresh_token", refreshToken);
  return fetch(`${url}/api/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
    body: form,
  });
}
