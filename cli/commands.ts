import { cost } from "./cost";
import { crawl } from "./crawl";
import { extract } from "./extract";
import { forget } from "./forget";
import { importHistory } from "./import";
import type { CommandModule } from "./lib/command";
import { login } from "./login";
import { query } from "./query";
import { redrive } from "./redrive";
import { replay } from "./replay";
import { report } from "./report";
import { reread } from "./reread";
import { seal } from "./seal";
import { shell } from "./shell";
import { smoke } from "./smoke";
import { start } from "./start";
import { status } from "./status";
import { verify } from "./verify";

/** All commands, in the order of the help. */
export const commands: CommandModule[] = [
  start,
  query,
  shell,
  report,
  status,
  login,
  importHistory,
  extract,
  smoke,
  reread,
  crawl,
  verify,
  replay,
  seal,
  redrive,
  forget,
  cost,
];
