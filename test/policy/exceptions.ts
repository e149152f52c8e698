import * as fs from "node:fs";
import * as path from "node:path";

const doc = fs.readFileSync(path.join(__dirname, "../../docs/security.md"), "utf8");

/** The exceptions that a section of docs/security.md names, such as `CKV_AWS_117 extract`. */
function exceptionsOf(heading: string): string[] {
  const [, section] = doc.split(`\n### ${heading}\n`);
  const rows = section!.split("\n#")[0]!.matchAll(/^\| (CKV2?_AWS_\d+) +\|[^|]*\|([^|]*)\| *[^| ][^|]*\|$/gm);
  return [...rows].flatMap(([, id, names]) =>
    [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => `${id} ${name}`),
  );
}

/** The exceptions of a stack with a key of its own. */
export const keyedExceptions = exceptionsOf("With every setting");

/** The exceptions of a stack with the default settings. */
export const plainExceptions = [...keyedExceptions, ...exceptionsOf("Without a key of your own")];
