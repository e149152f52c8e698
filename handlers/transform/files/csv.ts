/** The CSV dialect that LazySimpleSerDe reads typed and NULL-safe (docs/decisions.md). */
import type { TableSpec } from "../../../schemas";
import { CsvLines } from "./csvLines";
import type { TableWriter } from "./encode";
import { gzipWriter } from "./gzip";

/** Bytes that are zipped at once. */
const partSize = 256 * 1024;

/**
 * Returns a writer of gzipped CSV, header line included: tabs between fields, no quotes, no escapes, `\\N` for NULL. Cells
 * hold no control characters (handlers/transform/rows/cells.ts), so nothing in them can end a field or a line. The header
 * is csv-stringify's; the lines below it are written as it would write them, without a look into each field for what asks
 * for quotes.
 */
export function csvWriter({ columns }: TableSpec, fileName: string): TableWriter {
  const gzip = gzipWriter(fileName);
  /** One is filled while the other is zipped. */
  const lines = [new CsvLines(partSize), new CsvLines(partSize)];
  let isBegun = false;
  let zipped = Promise.resolve();
  const begin = async () => {
    if (isBegun) return;
    isBegun = true;
    const { stringify } = await import("csv-stringify/sync");
    const dialect = { delimiter: "\t", quote: "", escape: "", record_delimiter: "\n" };
    zipped = gzip.add(Buffer.from(stringify([columns.map(({ name }) => name)], dialect)));
  };
  const zip = async () => {
    const [full, empty] = lines as [CsvLines, CsvLines];
    await zipped;
    zipped = gzip.add(full.written());
    empty.clear();
    lines.reverse();
  };
  return {
    async add({ store, numbers }) {
      await begin();
      for (let at = 0; at < numbers.length;) {
        at = lines[0]!.write(store, numbers, at);
        if (at < numbers.length) await zip();
      }
    },
    async finish() {
      await begin();
      await zip();
      await zipped;
      return gzip.finish();
    },
  };
}
