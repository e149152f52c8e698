import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { openBrowser } from "../login/browser";

interface Flags {
  stack?: string;
  to?: string;
  open?: boolean;
  serve?: boolean;
  port: number;
  out: string;
  json?: boolean;
}

/** Runs `report`. */
export const runReport: RunCommand = async (command, terminal) => {
  const flags = command.opts<Flags>();
  const { json } = flags;
  const io = json ? { ...terminal, progress: () => terminal.progress(true) } : terminal;
  if (flags.serve) {
    const { serveReport } = require("./serve/serve") as typeof import("./serve/serve");
    await serveReport(flags, io, (address) => {
      if (flags.open) openBrowser(address, io.env);
    });
    return 0;
  }
  const file = path.resolve(await write(flags, io));
  io.print(json ? JSON.stringify({ file }) : `Wrote ${file}.`);
  if (flags.open) openBrowser(pathToFileURL(file).href, io.env);
  return 0;
};

/** Loads one engine only: DuckDB for a local lake, the AWS SDK for Athena. */
function write({ stack, to, out }: Flags, io: Io): Promise<string> {
  if (stack === undefined) {
    const { reportOfFolder } = require("./write") as typeof import("./write");
    return reportOfFolder(out, io.progress(), to);
  }
  const { reportOfStack } = require("./stackReport") as typeof import("./stackReport");
  return reportOfStack(stack, to, io);
}
