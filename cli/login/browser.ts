import { spawn } from "node:child_process";

/** Opens the address in the browser of this machine, if it has one. Callers print the address as well. */
export function openBrowser(address: string, env = process.env, platform = process.platform): void {
  const [program, ...args] = opener(address, platform);
  const child = spawn(program, args, {
    env,
    detached: true,
    stdio: "ignore",
    // cmd reads its own quotes: Node must not add any.
    windowsVerbatimArguments: true,
  });
  child.on("error", () => undefined);
  child.unref();
}

function opener(address: string, platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === "darwin") return ["open", address];
  if (platform === "win32") return ["cmd", "/c", "start", '""', `"${address}"`];
  return ["xdg-open", address];
}
