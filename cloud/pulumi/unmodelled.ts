import { readFileSync } from "node:fs";
import { UserError } from "../errors";
import { isUnknown, texts, type Properties } from "./values";

/**
 * Something needs an output that no model computes. In a preview such an output is unknown, and so is all that is derived
 * from it, so the first evaluation finds every use. It cannot name the output: Pulumi sends unknown values without their
 * origin, stack outputs and captures even without dependencies, and prints a captured one as `undefined`. So a second
 * evaluation puts a marker in the place of each such output. Markers alone would miss uses: an `apply` can fail on a
 * marker, or hide it.
 */
export class UnmodelledOutput extends UserError {}

/** Where a value arrives: how a sentence speaks of it, and the resources it is made from, if that is known. */
interface Destination {
  name: (path: string[]) => string;
  sources: (path: string[]) => string[];
}

const marker = /\[\[unmodelled (\S+) (\w+)\]\]/;

/** A marker for every output of a type that is not among those known. */
export function markersFor(type: string, known: Properties): Record<string, string> {
  const unmodelled = declaredProperties(type).filter((output) => !(output in known));
  return Object.fromEntries(unmodelled.map((output) => [output, `[[unmodelled ${type} ${output}]]`]));
}

/** The names of a type's properties, read off the code that Pulumi generates for it; none for another provider's. */
function declaredProperties(type: string): string[] {
  const [provider, module] = type.split(":");
  if (provider !== "aws") return [];
  const code = readFileSync(require.resolve(`@pulumi/aws/${module}`), "utf8");
  return [...new Set([...code.matchAll(/resourceInputs\["(\w+)"\]/g)].map((match) => match[1]!))];
}

/** @throws UnmodelledOutput if the plain value holds, at any depth, an unknown value or a marker. */
export function refuseUnmodelled(value: Properties, destination: Destination): void {
  for (const { path, text } of texts(value)) {
    const [marked, type, output] = marker.exec(text) ?? [];
    if (!marked && !isUnknown(text)) continue;
    const what = marked ? `output "${output}" of ${type}, which` : anOutputThat(destination.sources(path));
    throw new UnmodelledOutput(
      `${destination.name(path)} needs ${what} the embedded cloud does not know; add it to cloud/pulumi/models.ts.`,
    );
  }
}

function anOutputThat(sources: string[]): string {
  return sources.length ? `an output of ${sources.join(" or ")} that` : "an output that";
}

/** Whether the code of a callback may hold an output that is unknown: Pulumi prints it so, as one that is undefined. */
export function mayCaptureUnknown(code: unknown): boolean {
  for (const { text } of texts(code)) if (/\.value = undefined;/.test(text)) return true;
  return false;
}
