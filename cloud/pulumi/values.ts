/**
 * Property values as they travel between a Pulumi program and its engine: JSON, in which objects with a signature stand
 * for what JSON has no word for (pulumi/pulumi, sdk/go/common/resource/properties.go).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Stands for a value that is not known before the deployment. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties of a resource by name. */
export type Properties = Record<string, unknown>;

/** One file of an archive: text, or the path of a file from the program's working directory. */
export interface Asset {
  text?: string;
  path?: string;
}

/** Files of an archive by their place in it, or the path of a folder from the program's working directory. */
export interface Archive {
  assets?: Record<string, Asset | Archive>;
  path?: string;
}

/** Whether a value is an {@link Asset}, by its signature. */
export function isAsset(value: unknown): value is Asset {
  return isObject(value) && value[signatureKey] === assetSignature;
}

/** Whether a value is an {@link Archive}, by its signature. */
export function isArchive(value: unknown): value is Archive {
  return isObject(value) && value[signatureKey] === archiveSignature;
}

/** The properties with secrets and outputs, at any depth, replaced by what they hold. */
export function plain(properties: Properties): Properties {
  return plainValue(properties) as Properties;
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  if (isWrapper(value)) return plainValue(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner)]));
}

function isWrapper(value: Properties): boolean {
  return value[signatureKey] === secretSignature || value[signatureKey] === outputSignature;
}

/** A value, marked secret. */
export function secret(value: unknown): unknown {
  return { [signatureKey]: secretSignature, value };
}

/** Whether a value is, or holds, a secret. */
export function holdsSecret(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (value[signatureKey] === secretSignature) return true;
  if (value[signatureKey] === outputSignature && value.secret === true) return true;
  return Object.values(value).some(holdsSecret);
}

/** Every text in a plain value, with the path of keys that leads to it. */
export function* texts(value: unknown, path: string[] = []): Generator<{ path: string[]; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) yield* texts(inner, [...path, key]);
}

/** Whether a text stands for a value that is not known. */
export function isUnknown(text: string): boolean {
  return text === unknownValue;
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}
