import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { AppSecret } from "../../handlers/secrets";
import { refreshTokenKey, settingDefaults } from "../../infra/settings";
import { UserError } from "../errors";
import { appIn, type Home } from "./home";
import { pulumi, type CliOptions } from "../pulumi-cli";

/** One entry of `pulumi config --json`; a secret one comes without its value. */
interface Entry {
  value?: string;
  objectValue?: unknown;
  secret: boolean;
}

const appKeys = { clientId: "spotifyClientId", clientSecret: "spotifyClientSecret" } as const;

/**
 * The home of a stack's sign-ins: its configuration, encrypted by the Pulumi CLI. The stack's own app comes before the
 * environment's, since a refresh token is good for its app alone. Throws a `UserError` if the stack or the listener is
 * unknown, or the CLI missing.
 */
export async function stackHome(
  stack: string,
  listener: string | undefined,
  env: NodeJS.ProcessEnv,
  cli: CliOptions,
): Promise<Home> {
  const config = await stackConfig(stack, cli);
  const listeners = listOf(config, "listeners");
  const chosen = listener ?? listeners[0]!;
  if (!listeners.includes(chosen))
    throw new UserError(
      `Stack ${stack} has no listener ${chosen}; its setting listeners has ${listeners.join(", ")}.`,
    );
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
      // One value, so that a token is never kept with another's date.
      await set(refreshTokenKey(chosen, listeners), JSON.stringify(signIn));
    },
  };
}

/** The stack's configuration by key, without the project's name in front; settings of providers are left out. */
async function stackConfig(stack: string, cli: CliOptions): Promise<Map<string, Entry>> {
  const text = await pulumi(["config", "--json", "--stack", stack], cli);
  const { name } = parse(fs.readFileSync(path.join(cli.dir, "Pulumi.yaml"), "utf8")) as { name: string };
  const entries = Object.entries(JSON.parse(text) as Record<string, Entry>);
  const own = entries.filter(([key]) => key.startsWith(`${name}:`));
  return new Map(own.map(([key, entry]) => [key.slice(name.length + 1), entry]));
}

/** A list as Pulumi stores it, or as people type it on a command line (a,b). */
function listOf(config: Map<string, Entry>, key: string): string[] {
  const { objectValue, value = settingDefaults[key]! } = config.get(key) ?? {};
  if (Array.isArray(objectValue)) return objectValue as string[];
  return value.startsWith("[") ? (JSON.parse(value) as string[]) : value.split(",");
}

/** What the stack knows of its app. */
async function appOf(
  stack: string,
  config: Map<string, Entry>,
  cli: CliOptions,
): Promise<Partial<AppSecret>> {
  const app: Partial<AppSecret> = {};
  for (const [part, key] of Object.entries(appKeys) as [keyof AppSecret, string][]) {
    if (!config.has(key)) continue;
    const value = (await pulumi(["config", "get", key, "--stack", stack], cli)).trim();
    if (value) app[part] = value;
  }
  return app;
}
