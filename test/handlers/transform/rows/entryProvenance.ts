import { expect } from "chai";
import type { EntryResult } from "../../../../handlers/transform/rows/entries";
import { provenanceOf } from "../../../../handlers/transform/rows/provenance";
import { dateMs, day, header } from "../../../support/rawObjects";

/** The read that entries of these tests come from. */
export const head = header({ stream: "playlist_items", container: "p1", version: "s1" });
export const provenance = provenanceOf(head, day, dateMs);

/** The rest of the result of an entry that gets no row. */
export function skipped({ made, ...rest }: EntryResult): Omit<EntryResult, "made"> {
  expect(made?.row).to.equal(undefined);
  return rest;
}
