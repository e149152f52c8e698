import type { AppSecret } from "../../handlers/extract/secrets";
import { signInKey } from "../../infra/settingRules";
import { appIn, type Home } from "./home";
import { pulumi, type CliOptions } from "../stack/pulumi-cli";
import { listenerOf, listOf, stackConfig, type StackConfig } from "../stack/stack";

const appKeys = { clientId: "spotifyClientId", clientSecret: "spotifyClientSecret" } as const;

/**
 * Returns the home of a stack's sign-ins: its configuration, encrypted by the Pulumi CLI. The stack's own app takes
 * precedence over the environment's, since a refresh token is valid only for its app. Throws a `UserError` if the stack or the listener is
 * unknown, or the CLI missing.
 */
export async function stackHome(
  stack: string,
  listener: string | undefined,
  env: NodeJS.ProcessEnv,
  cli: CliOptions,
): Promise<Home> {
  const config = await stackConfig(stack, cli);
  const chosen = listenerOf(stack, config, listener);
  const own = await appOf(stack, config, cli);
  const set = (key: string, value: string) =>
    pulumi(["config", "set", "--secret", "--stack", stack, key], cli, value);
  return {
    place: `the configuration of stack ${stack}`,
    listener: chosen,
    sources: listOf(config, "sources"),
    app: { ...appIn(env), ...own },
    keep: async (app, signIn) => {
      if (!own.clientId) await set(appKeys.clientId, app.clientId);
      if (!own.clientSecret) await set(appKeys.clientSecret, app.clientSecret);
      // One value, so a token is never stored with the date of another.
      await set(signInKey(chosen), JSON.stringify(signIn));
    },
  };
}

/** Returns what the stack has of its app. */
async function appOf(stack: string, config: StackConfig, cli: CliOptions): Promise<Partial<AppSecret>> {
  const app: Partial<AppSecret> = {};
  for (const [part, key] of Object.entries(appKeys) as [keyof AppSecret, string][]) {
    // The default of both is an empty text; a secret comes without its value.
    if (!config.has(key) || config.get(key)?.value === "") continue;
    const value = (await pulumi(["config", "get", key, "--stack", stack], cli)).trim();
    if (value) app[part] = value;
  }
  return app;
}
