import * as fs from "node:fs";
import { UserError } from "../../cloud/errors";

/** Writes a page in one step. Throws a `UserError` if it cannot be written. */
export function writePage(file: string, html: string): void {
  try {
    fs.writeFileSync(`${file}.new`, html);
    fs.renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}
