import { Command, type Argument, type Option } from "commander";
import { commands } from "../cli/commands";
import type { CommandModule } from "../cli/lib/command";
import { markdownTable } from "./markdown";

const intro = `# Commands

<!-- Made by npm run docs from cli/; edit that. -->

\`npx spotify-lake COMMAND\`; \`npm start -- …\` is \`npx spotify-lake start …\`. \`--help\` on each command says the same as this
page. Results go to standard output; questions, progress and warnings to standard error.

Long work shows on a terminal what is being done and how much is left; not in a pipe, not with \`--json\`, and not where \`CI\` is
set. Colours are for terminals only: \`NO_COLOR=1\` turns them off, \`FORCE_COLOR=1\` turns them on everywhere. They never say
anything that the words do not.`;

const exitCodes = `## Exit codes

${markdownTable(
  ["code", "meaning"],
  [
    ["0", "done"],
    ["1", "failed, or wrong arguments; one sentence on standard error says what to do"],
    ["130", "stopped by Ctrl-C or a signal"],
  ],
)}

\`DEBUG=1\` adds stack traces and the functions' logs.`;

/** Returns docs/cli.md: every command with its arguments and options, from what `--help` is made of. */
export function cliDoc(): string {
  return [
    intro,
    markdownTable(
      ["command", "what it does"],
      commands.map(({ name, description }) => [`[${name}](#${name})`, description]),
    ),
    ...commands.map(section),
    exitCodes,
  ].join("\n\n");
}

function section({ name, description, define }: CommandModule): string {
  const command = define(new Command(name));
  const usage = [name, ...command.registeredArguments.map(argumentText)].join(" ");
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  // What addHelpText adds is written by a listener of this event.
  let after = "";
  const write = (text: string) => void (after += text);
  (command as Command & NodeJS.EventEmitter).emit("afterHelp", { error: false, command, write });
  return [
    `## ${name}`,
    description,
    `\`npx spotify-lake ${usage}${command.options.length > 0 ? " [options]" : ""}\``,
    ...(rows.length > 0 ? [markdownTable(["option", "meaning", "default"], rows)] : []),
    ...(after.trim() === "" ? [] : [`\`\`\`text\n${after.trim()}\n\`\`\``]),
  ].join("\n\n");
}

function argumentText(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function argumentRow(argument: Argument): string[] {
  return [`\`${argumentText(argument)}\``, argument.description, ""];
}

function optionRow({ flags, description, defaultValue, mandatory }: Option): string[] {
  const isShown = defaultValue !== undefined && typeof defaultValue !== "boolean";
  return [`\`${flags}\``, description, mandatory ? "required" : isShown ? `\`${String(defaultValue)}\`` : ""];
}
