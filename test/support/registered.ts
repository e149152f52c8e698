import * as pulumi from "@pulumi/pulumi";
import { modelMocks, type Registered } from "./mocks";
import { hearProtection } from "./protection";

/** Whose stack {@link evaluated} evaluates. */
export const account = {
  project: "spotify-data-pipeline",
  stack: "test",
  region: "eu-west-1",
  accountId: "123456789012",
};

const secrets = {
  spotifyClientId: "the-client-id",
  spotifyClientSecret: "the-client-secret",
  "spotifyRefreshToken-me": "the-token",
};

/** What the program made. */
interface Evaluated {
  /** All but components. */
  registered: Registered[];
  outputs: Record<string, pulumi.Output<unknown>>;
  /** What is protected, such as `Bucket raw`. */
  protectedNames: string[];
}

/** Evaluates the program with these settings, and example secrets, under Pulumi's mocks. It takes seconds. */
export async function evaluated(settings: Record<string, string>): Promise<Evaluated> {
  const registered: Registered[] = [];
  const { project, stack } = account;
  const mocks = modelMocks(account, (resource) => registered.push(resource));
  await pulumi.runtime.setMocks(mocks, project, stack, false);
  const protectedNames = hearProtection();
  const fullKey = (key: string) => `${project}:${key}`;
  const config = Object.entries({ ...settings, ...secrets }).map(([key, value]) => [fullKey(key), value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config), Object.keys(secrets).map(fullKey));
  const program = require.resolve("../../index");
  delete require.cache[program];
  const outputs = require(program) as Evaluated["outputs"];
  const resolved = (output: unknown) =>
    new Promise((resolve) => (pulumi.output(output) as pulumi.Output<unknown>).apply(resolve));
  await Promise.all(Object.values(outputs).map(resolved));
  // Pulumi makes the bucket's one notification when the program has ended.
  process.emit("beforeExit", 0);
  await pulumi.runtime.disconnect();
  pulumi.runtime.setAllConfig({});
  return { registered, outputs, protectedNames: protectedNames() };
}
