import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type KeyPage, type ListQuery, listKeys } from "../../../cloud/s3/listing";
import { newFolder, removeFolders } from "./help";

/** The same by S3's words: sort, filter, roll up, cut. */
function expected(
  keys: string[],
  { prefix = "", delimiter = "", after = "", limit = 1000 }: ListQuery,
): KeyPage {
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const later = sorted.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
  const rolled = later
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      return at < 0
        ? { name: key, common: false }
        : { name: key.slice(0, at + delimiter.length), common: true };
    })
    .filter(({ name }, i, all) => name !== after && name !== all[i - 1]?.name);
  const page = rolled.slice(0, limit);
  const names = (common: boolean) => page.filter((entry) => entry.common === common).map(({ name }) => name);
  return {
    keys: names(false),
    commonPrefixes: names(true),
    ...(limit > 0 && rolled.length > limit ? { next: page.at(-1)!.name } : {}),
  };
}

describe("listKeys", () => {
  after(removeFolders);

  const segment = fc.stringMatching(/^[ab\-.!0ü😀ﬀ]{1,3}$/u).filter((text) => text !== "." && text !== "..");
  const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
  const someKeys = fc
    .uniqueArray(key, { maxLength: 25 })
    .map((keys) => keys.filter((one) => !keys.some((other) => other !== one && other.startsWith(`${one}/`))));
  // A number stands for one of the keys that are there: what begins and ends pages.
  const text = fc.oneof(key, fc.constantFrom("", "a", "a/", "/", "-", "ü", "b/a"), fc.nat());
  const query = fc.record({
    prefix: fc.oneof(fc.constant(""), text),
    delimiter: fc.constantFrom("", "/", "-", "a/"),
    after: text,
    limit: fc.nat(6),
  });
  const resolved = (keys: string[], value: string | number) =>
    typeof value === "string" ? value : (keys[value % keys.length] ?? "");

  it("lists what S3 would, for any keys and any query", async () => {
    await fc.assert(
      fc.asyncProperty(someKeys, fc.array(query, { minLength: 5, maxLength: 10 }), async (keys, queries) => {
        const folder = await newFolder();
        for (const one of keys) {
          await mkdir(dirname(join(folder, one)), { recursive: true });
          await writeFile(join(folder, one), "");
        }
        for (const { prefix, after, ...rest } of queries) {
          const one = { ...rest, prefix: resolved(keys, prefix), after: resolved(keys, after) };
          expect(await listKeys(folder, one)).to.deep.equal(expected(keys, one));
        }
      }),
      { numRuns: 60 },
    );
  });
});
