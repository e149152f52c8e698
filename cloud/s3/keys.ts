/** Which bucket and key names can be folders and files. */
import { invalidArgument, S3Error } from "./errors";

/** True for a name that S3 allows; it never begins with a dot, so it cannot be one of the endpoint's own folders. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..");
}

/** Throws `S3Error` for a key that cannot be the path of a plain file. */
export function requireFileKey(key: string): void {
  if (isTooLong(key))
    throw new S3Error(400, "KeyTooLongError", "The key is longer than 1024 bytes: use a shorter one.");
  const reason = whyNotFileKey(key);
  if (reason !== undefined)
    throw invalidArgument(
      `The key "${key}" cannot be kept as a plain file because ${reason}: use another key.`,
    );
}

/** True for a key that can be the path of a plain file; there is never an object with another key. */
export function isFileKey(key: string): boolean {
  return !isTooLong(key) && whyNotFileKey(key) === undefined;
}

function isTooLong(key: string): boolean {
  return Buffer.byteLength(key) > 1024;
}

function whyNotFileKey(key: string): string | undefined {
  return key
    .split("/")
    .map(whyNotFileName)
    .find((why) => why !== undefined);
}

function whyNotFileName(segment: string): string | undefined {
  if (segment === "") return 'a part between "/" is empty';
  if (segment === "." || segment === "..") return `a part of it is "${segment}"`;
  if (segment.includes("\0")) return "it holds a NUL character";
  if (/\p{Surrogate}/u.test(segment)) return "it is not valid Unicode";
  if (Buffer.byteLength(segment) > 255) return 'a part between "/" is longer than 255 bytes';
  if (process.platform === "win32" && /[<>:"|?*\\]|[. ]$/.test(segment))
    return `Windows does not allow "${segment}" as a file name`;
  return undefined;
}
