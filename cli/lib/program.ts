import { Command, CommanderError } from "commander";
import { UserError } from "../../cloud/errors";
import { failedWith } from "../../cloud/s3/errors";
import { suggestion } from "../../infra/suggest";
import { awsSentence } from "./awsFailure";
import { terminalAsk } from "../login/ask";
import { projectDir, type CommandModule } from "./command";
import { ioOf, type Io, type Surroundings } from "./io";

/** Makes `command` do what a module defines. */
export type Attach = (command: Command, module: CommandModule) => void;

/**
 * Parses arguments, runs what `build` has attached to the program and returns the exit code: 1 for any failure, wrong
 * arguments included, and 130 for a command that was stopped.
 */
export async function runProgram(
  args: string[],
  around: Surroundings,
  build: (cli: Command, attach: Attach) => void,
): Promise<number> {
  const io = ioOf(around);
  let code: number | undefined;
  const cli = new Command()
    .helpOption("--help", "show help")
    .exitOverride()
    // Errors are printed below, in one sentence.
    .configureOutput({
      writeOut: io.write,
      writeErr: (text) => around.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => io.width ?? 80,
      getOutHasColors: () => true,
    })
    .configureHelp({ minWidthToWrap: 20, styleTitle: (title) => io.paint("heading", title) });
  build(cli, (command, { description, define, load }) => {
    define(command.description(description)).action(async () => {
      code = await load()(command, io).finally(io.endProgress);
    });
  });
  try {
    await cli.parseAsync(args, { from: "user" });
    return code ?? 0;
  } catch (error) {
    return error instanceof CommanderError ? usage(error, args, cli, io) : failure(error as Error, io);
  }
}

/** Prints what is wrong with the arguments, in a sentence, and where to look. */
function usage({ code, exitCode, message }: CommanderError, args: string[], cli: Command, io: Io): number {
  if (exitCode === 0 || code === "commander.help") return exitCode;
  const command = cli.commands.find((one) => one.name() === args[0]);
  const [sentence, hint = ""] = (mistyped(code, args, command) ?? message)
    .replace(/^error: /, "")
    .split("\n");
  const text = sentence!
    .replace(/\.$/, "")
    // What would be right belongs to the same sentence.
    .replace(/\. (\w)(?=[^.]*$)/, (_, letter: string) => `: ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toUpperCase());
  const near = /Did you mean (.*)\?/i.exec(hint)?.[1];
  const help = `${[cli.name(), command?.name()].filter(Boolean).join(" ")} --help`;
  const isUnknown = /unknown|excess/i.test(`${code} ${sentence}`);
  const end = text.endsWith("?") ? "" : near ? `; did you mean ${near}?` : ".";
  io.fail(`${text}${end}${isUnknown ? ` See ${help}.` : ""}`);
  return exitCode;
}

/** Commander asks for a required option first, also if it is there with a typo. Returns what it says of such a one. */
function mistyped(code: string, args: string[], command: Command | undefined): string | undefined {
  if (!command || code !== "commander.missingMandatoryOptionValue") return undefined;
  const flags = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
  const unknown = args.find((arg) => arg.startsWith("--") && !flags.includes(arg.split("=")[0]!));
  if (unknown === undefined) return undefined;
  const near = suggestion(unknown, flags);
  return `unknown option '${unknown}'${near === undefined ? "" : `\n(Did you mean ${near}?)`}`;
}

/** Prints why a command failed: one sentence, and the stack only if DEBUG is set. */
function failure(error: Error, io: Io): number {
  const isFull = failedWith(error, "ENOSPC", "EDQUOT");
  const fromAws = awsSentence(error);
  const full = isFull ? "The disk is full: free some space and give the command again." : undefined;
  io.fail(full ?? fromAws ?? error.message);
  if (io.env.DEBUG) io.warn(String(error.stack));
  else if (!(error instanceof UserError || isFull || fromAws))
    io.hint("This was not expected. Run again with DEBUG=1 to see where.");
  return io.isStopped() ? 130 : 1;
}

/** Runs a program with this process's arguments, streams, environment and signals. */
export async function runProcess(build: (cli: Command, attach: Attach) => void): Promise<void> {
  const stop = new AbortController();
  let stopsInOrder = false;
  let lastWords = () => "Stopped.";
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      // A second one does not wait for the order.
      if (stopsInOrder && !stop.signal.aborted) return stop.abort();
      console.error(lastWords());
      process.exit(130);
    });
  // They end the progress, so that no end of the process leaves the terminal without a cursor.
  process.once("exit", () => lastWords());
  const { stdout, stderr, env } = process;
  // Who reads the output has enough, as head has: nothing is left to do.
  for (const stream of [stdout, stderr])
    stream.on("error", (error) => {
      if (failedWith(error, "EPIPE")) process.exit();
      throw error;
    });
  const onStop = (words: () => string) => void (lastWords = words);
  const stopSignal = () => {
    stopsInOrder = true;
    return stop.signal;
  };
  const around = { stdout, stderr, env, dir: projectDir, ask: terminalAsk(), onStop, stopSignal };
  process.exitCode = await runProgram(process.argv.slice(2), around, build);
  // What still runs must not keep a failed command alive.
  if (process.exitCode !== 0) setTimeout(() => process.exit(), 2000).unref();
}

/** Returns the program of a script that npm runs: one command, `npm run NAME --`. */
export function script(module: CommandModule) {
  return (cli: Command, attach: Attach): void => attach(cli.name(`npm run ${module.name} --`), module);
}
