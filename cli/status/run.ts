import { outArgument } from "../../cloud/localCommand";
import type { RunCommand } from "../lib/command";
import { statusText } from "./print";
import { statusOf, type Status } from "./status";

interface Flags {
  stack?: string;
  out: string;
  json: boolean;
}

/** Runs `status`. */
export const runStatus: RunCommand = async (command, io) => {
  const { stack, out, json } = command.opts<Flags>();
  const progress = io.progress(json);
  progress.stage("Looking at the lake");
  let found: Status;
  try {
    if (stack === undefined) {
      const { statusHere } = require("./here") as typeof import("./here");
      const option = outArgument(out);
      found = await statusHere(out, (place) => statusOf(place, { option }));
    } else {
      const { statusPlaceOf } = require("./stack") as typeof import("./stack");
      const place = await statusPlaceOf(stack, progress, io);
      found = await statusOf(place, { stack, option: ` --stack ${stack}` });
    }
  } finally {
    progress.done();
  }
  io.print(json ? JSON.stringify(found) : statusText(found, io));
  return 0;
};
