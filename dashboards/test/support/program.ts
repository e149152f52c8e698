import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { deployedOutputs } from "../../../test/support/stackReference";

/** A resource that the program registered, with its inputs resolved. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** What the program made of its settings. */
export interface Evaluated {
  resources: Registered[];
  outputs: Record<string, unknown>;
}

const account = "123456789012";
const region = "eu-west-1";
const project = "spotify-dashboards";
const root = path.join(__dirname, "../..");
const load = createRequire(__filename);

/** Settings that suffice. */
export const settings = {
  pipeline: "you/spotify-data-pipeline/prod",
  owners: JSON.stringify([`arn:aws:quicksight:${region}:${account}:user/default/ann`]),
};

/** Evaluates the program under Pulumi's mocks. Throws what the program throws. */
export async function evaluate(
  given: Record<string, string> = settings,
  outputsOfPipeline: object = {},
): Promise<Evaluated> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        if (type === "pulumi:pulumi:StackReference")
          return { id: name, state: { ...inputs, outputs: { ...deployedOutputs, ...outputsOfPipeline } } };
        resources.push({ type, name, inputs });
        return { id: name, state: { ...inputs, arn: arnOf(type, name, inputs) } };
      },
      call: ({ token }) => {
        if (token === "aws-native:index:getAccountId") return { accountId: account };
        if (token === "aws-native:index:getRegion") return { region };
        throw new Error(`The program calls ${token}, which has no mock.`);
      },
    },
    project,
    "test",
    false,
  );
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(given).map(([key, value]) => [`${project}:${key}`, value])),
  );
  forget();
  const outputs = load("../../index") as Record<string, unknown>;
  const values = await valueOf(pulumi.output(outputs));
  await pulumi.runtime.disconnect();
  return { resources, outputs: values };
}

/** Lets the program be evaluated once more. */
function forget(): void {
  const own = Object.keys(load.cache).filter(
    (file) => file.startsWith(root) && !file.includes("node_modules") && !file.includes(`${root}/test/`),
  );
  for (const file of own) delete load.cache[file];
}

function arnOf(type: string, name: string, inputs: Record<string, unknown>): string {
  const [, service, kind] = type.split(":");
  if (service === "iam") return `arn:aws:iam::${account}:role/${name}`;
  const id = inputs[`${kind!.charAt(0).toLowerCase()}${kind!.slice(1)}Id`];
  return `arn:aws:${service}:${region}:${account}:${kind!.toLowerCase()}/${String(id)}`;
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
