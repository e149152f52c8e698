import * as fs from "node:fs";
import { unwritable } from "../lib/unwritable";

/** Writes a page in one step. Throws a `UserError` if it cannot be written. */
export function writePage(file: string, html: string): void {
  try {
    fs.writeFileSync(`${file}.new`, html);
    fs.renameSync(`${file}.new`, file);
  } catch (error) {
    throw unwritable(file, error as Error);
  }
}
