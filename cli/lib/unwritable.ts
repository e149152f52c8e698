import * as path from "node:path";
import { UserError } from "../../cloud/errors";
import { failedWith } from "../../cloud/s3/errors";

/** Returns why a file that a person named was not written, and what to do. */
export function unwritable(file: string, error: Error): UserError {
  const folder = path.dirname(path.resolve(file));
  const reason = failedWith(error, "ENOENT", "ENOTDIR")
    ? `there is no folder ${folder}; make it, or name another file`
    : failedWith(error, "EISDIR", "ENOTEMPTY")
      ? "it is a folder; name a file in it"
      : `${error.message}; name another file`;
  return new UserError(`${file} cannot be written: ${reason}.`, { cause: error });
}
