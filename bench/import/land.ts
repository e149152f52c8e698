/** Imports an export into a bucket that keeps nothing: node -r ./cli/lib/register.js land.ts EXPORT */
import { openExport } from "../../cli/import/export-files";
import { importFile } from "../../cli/import/history-file";
import type { Store } from "../../handlers/shared/store";

const nowhere: Store = {
  head: async () => undefined,
  list: async () => [],
  get: async () => undefined,
  put: async () => "etag",
};

async function main(file: string): Promise<void> {
  const history = await openExport(file);
  for (const one of history.files)
    await importFile(one, { store: nowhere, listener: "me", keepPrivate: false });
  history.close();
}

void main(process.argv[2]!);
