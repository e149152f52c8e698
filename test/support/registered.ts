import * as pulumi from "@pulumi/pulumi";
import { readDataSource } from "../../cloud/pulumi/data-sources";
import { outputsOf } from "../../cloud/pulumi/models";
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

/** A resource that the program registered. */
export interface Registered {
  /** Pulumi type token. */
  type: string;
  /** Logical name. */
  name: string;
  inputs: Inputs;
  /** Inputs, and what AWS would compute. */
  outputs: Inputs;
}

/** What a resource is made with. */
export type Inputs = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- read field by field

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
  const mocks: pulumi.runtime.Mocks = {
    newResource({ type, name, inputs, custom }) {
      if (!custom) return { id: undefined, state: {} };
      const { id, ...state } = outputsOf({ type, name, inputs }, account);
      registered.push({ type, name, inputs, outputs: state });
      return { id, state };
    },
    call: ({ token, inputs }) => readDataSource(token, inputs, account),
  };
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
