import { assertDeployable } from "./infra/deployable";

/** What Pulumi runs: index.ts, if nothing speaks against it. Whatever does is found before anything registers. */
export = async (): Promise<object> => {
  await assertDeployable();
  return { ...(require("./index") as typeof import("./index")) };
};
