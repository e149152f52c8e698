/** Which bucket and key names can be folders and files. */
import { S3Error } from "./errors";

/** True for a name that S3 allows; it never begins with a dot, so it cannot be one of the endpoint's own folders. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..");
}

/** Refuses a key that cannot be the path of a plain file. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1024)
    throw new S3Error(400, "KeyTooLongError", "The key is longer than 1024 bytes: use a shorter one.");
  const reason = key
    .split("/")
    .map(whyNotFileName)
    .find((why) => why !== undefined);
  if (reason === undefined) return;
  throw new S3Error(
    400,
    "InvalidArgument",
    `The key "${key}" cannot be kept as a plain file because ${reason}: use another key.`,
  );
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
