import { LocalFunction, type LocalFunctionOptions } from "../../../cloud/lambda/function";
import type { DeployedFunction } from "../../../cloud/types";
import { deploy } from "../../support/archives";

/** What the tests of local functions share. */

const running: LocalFunction[] = [];

export function start(deployed: DeployedFunction, options?: LocalFunctionOptions): LocalFunction {
  const local = new LocalFunction(deployed, options);
  running.push(local);
  return local;
}

/** What the body of an async handler returns for an event. */
export async function answer(
  body: string,
  event: unknown = {},
  options?: LocalFunctionOptions,
): Promise<unknown> {
  const local = start(deploy(`exports.handler = async (event, context) => { ${body} };`), options);
  const result = await local.invoke(event);
  if (!result.ok) throw new Error(`${result.error.errorType}: ${result.error.errorMessage}`);
  return result.payload;
}

/** Stops what {@link start} started. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((local) => local.stop()));
}
