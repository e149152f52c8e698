import * as fs from "node:fs";
import * as path from "node:path";

export const askedFile = "asked.txt";

/**
 * Puts a stand-in for the Pulumi CLI into `bin`: it knows one stack, dev, in eu-west-1, with these outputs and, by full key,
 * settings. What it is asked is in the file {@link askedFile} there, a line each.
 */
export function deployedStack(bin: string, outputs: object, config: Record<string, string> = {}): void {
  const entries = Object.entries(config).map(([key, value]) => [key, { value, secret: false }]);
  const script = [
    "#!/bin/sh",
    `echo "$*" >> '${path.join(bin, askedFile)}'`,
    'case "$*" in',
    `"stack output --json --stack dev --non-interactive") echo '${JSON.stringify(outputs)}' ;;`,
    `"config --json --stack dev --non-interactive") echo '${JSON.stringify(Object.fromEntries(entries))}' ;;`,
    '"config get aws:region --stack dev --non-interactive") echo eu-west-1 ;;',
    '*) echo "error: no stack named $5 found" >&2; exit 255 ;;',
    "esac",
  ];
  fs.writeFileSync(path.join(bin, "pulumi"), script.join("\n"), { mode: 0o755 });
}
