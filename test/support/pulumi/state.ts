import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isArchive, isAsset, plain, type Properties } from "../../../cloud/pulumi/values";
import type { PulumiProject } from "./project";

/** A resource in a stack's state, secrets in plain text. */
export interface StateResource {
  urn: string;
  type: string;
  id: string;
  parent: string;
  protect: boolean;
  inputs: Properties;
  outputs: Properties;
  /** Inputs that hold a secret, which is encrypted in the state. */
  secretInputs: string[];
}

/** One resource as `pulumi stack export` writes it. */
type Exported = Partial<StateResource> & Pick<StateResource, "urn" | "type">;

/** Returns the resources in a stack's state, without those that stand for providers. */
export async function stateOf(project: PulumiProject, stack: string): Promise<StateResource[]> {
  const text = await project.pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
  const { deployment } = JSON.parse(text) as { deployment: { resources?: Exported[] } };
  return (deployment.resources ?? [])
    .filter(({ type }) => !type.startsWith("pulumi:providers:"))
    .map(({ urn, type, id = "", parent = "", protect = false, inputs = {}, outputs = {} }) => ({
      ...{ urn, type, id, parent, protect },
      inputs: decrypted(inputs) as Properties,
      outputs: decrypted(outputs) as Properties,
      secretInputs: Object.keys(inputs).filter((key) => holdsPlaintext(inputs[key])),
    }));
}

/** Puts secrets in the places of their exported form, `{…, plaintext: JSON}`. */
function decrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decrypted);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return JSON.parse(value.plaintext as string);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decrypted(inner)]));
}

function holdsPlaintext(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "plaintext" in value || Object.values(value).some(holdsPlaintext);
}

/** Returns the SHA-256 of each file of a function's archive, by its place, as the engine computed them. */
export function archiveHashes(inputs: Properties): Record<string, string> {
  const hashes: Record<string, string> = {};
  const collect = (entry: unknown, place: string) => {
    if (isAsset(entry)) hashes[place] = (entry as { hash?: string }).hash!;
    else if (isArchive(entry))
      for (const [name, inner] of Object.entries(entry.assets ?? {})) collect(inner, path.join(place, name));
  };
  collect(plain(inputs).code, "");
  return hashes;
}

/** Returns the SHA-256 of each file of a folder, by its place. */
export function folderHashes(folder: string): Record<string, string> {
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const name = path.join(file.parentPath, file.name);
      return [path.relative(folder, name), createHash("sha256").update(fs.readFileSync(name)).digest("hex")];
    }),
  );
}
