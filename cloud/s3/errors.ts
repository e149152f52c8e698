import { AccessDenied, UnknownCaller } from "../iam/access";

/** An answer that is an error: HTTP status, S3's code and one sentence for people. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** There is no such object. */
export function noSuchKey(key: string): S3Error {
  return new S3Error(404, "NoSuchKey", `There is no object with the key "${key}".`);
}

/** There is no such bucket. */
export function noSuchBucket(bucket: string): S3Error {
  return new S3Error(
    404,
    "NoSuchBucket",
    `There is no bucket "${bucket}": buckets come from the Pulumi program.`,
  );
}

/** A condition of the request does not hold. */
export function preconditionFailed(header: string): S3Error {
  return new S3Error(412, "PreconditionFailed", `The condition of ${header} does not hold.`);
}

/** A value of the request is not allowed. */
export function invalidArgument(message: string): S3Error {
  return new S3Error(400, "InvalidArgument", message);
}

/** S3 has this, the embedded endpoint does not. `what` begins with the operation's name. */
export function notImplemented(what: string): S3Error {
  return new S3Error(501, "NotImplemented", `${what} is not part of the embedded S3 endpoint.`);
}

/** True if a file-system call failed with one of these codes, such as `ENOENT`. */
export function failedWith(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/** For `catch`: undefined if there is no such file, else the error again. */
export function ignoreMissing(error: unknown): undefined {
  if (failedWith(error, "ENOENT", "ENOTDIR")) return undefined;
  throw error;
}

/** Any error as an answer; what the file system refuses gets a sentence that says what to do. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof AccessDenied) return new S3Error(403, "AccessDenied", error.message);
  if (error instanceof UnknownCaller) return new S3Error(403, "InvalidAccessKeyId", error.message);
  const text = error instanceof Error ? error.message : String(error);
  if (failedWith(error, "ENOSPC", "EDQUOT"))
    return new S3Error(507, "InsufficientStorage", `The disk is full, free some space and repeat: ${text}.`);
  if (failedWith(error, "EACCES", "EPERM", "EROFS"))
    return new S3Error(403, "AccessDenied", `The file system refuses access, check permissions: ${text}.`);
  if (failedWith(error, "ENAMETOOLONG"))
    return new S3Error(400, "KeyTooLongError", `The key is too long for this file system: ${text}.`);
  if (failedWith(error, "EMFILE", "ENFILE"))
    return new S3Error(503, "SlowDown", `Too many files are open, repeat later: ${text}.`);
  return new S3Error(500, "InternalError", `The embedded S3 endpoint failed: ${text}.`);
}
