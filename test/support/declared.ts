import * as pulumi from "@pulumi/pulumi";
import { modelMocks } from "./mocks";
import { hearProtection } from "./protection";

/** Whose stack {@link declared} declares in. */
export const account = { project: "lake", stack: "test", region: "eu-west-1", accountId: "123456789012" };

/** What was registered. */
interface Declared {
  /** Inputs by type; of two resources of a type, the last one's. */
  inputsOf: Record<string, Record<string, unknown>>;
  /** What is protected, such as `Key data`, and what stays when the stack goes. */
  protectedNames: string[];
  retainedNames: string[];
}

/** Runs `declare` under Pulumi's mocks and returns what it registered. */
export async function declared(declare: () => void): Promise<Declared> {
  const inputsOf: Declared["inputsOf"] = {};
  const mocks = modelMocks(account, ({ type, inputs }) => (inputsOf[type] = inputs));
  await pulumi.runtime.setMocks(mocks, account.project, account.stack, false);
  const protectedNames = hearProtection();
  const retainedNames = hearProtection((request) => request.getRetainondelete());
  declare();
  await pulumi.runtime.disconnect();
  return { inputsOf, protectedNames: protectedNames(), retainedNames: retainedNames() };
}
