import * as path from "node:path";

/** Folder of the local cloud, unless `--out` names another. */
const defaultFolder = path.join(__dirname, "..", ".local");

/** Returns a command as a person gives it for a folder. It names the folder if that is not the default. */
export function commandFor(dir: string, command: string, ...options: string[]): string {
  const all = `${options.map((option) => ` ${option}`).join("")}${outArgument(dir)}`;
  return `${command}${command === "npm start" && all ? " --" : ""}${all}`;
}

/** Returns ` --out DIR`, or nothing for the default folder. */
export function outArgument(dir: string): string {
  if (path.resolve(dir) === defaultFolder) return "";
  return ` --out ${/^[\w./~:@+-]+$/.test(dir) ? dir : JSON.stringify(dir)}`;
}
