import { once } from "node:events";
import { UserError } from "../../../cloud/errors";
import type { LocalServer } from "../../../cloud/http";
import { readLake } from "../../../cloud/localState";
import { views } from "../../../infra/sql";
import type { Io } from "../../lib/io";
import type { ServedData } from "../reportData";
import { askFolder } from "../write";
import { servePage } from "./server";

/** Serves the report of the folder `out` until the command is stopped. `onStart` gets the page's address. */
export async function serveReport(
  { out, port, json }: { out: string; port: number; json?: boolean },
  io: Io,
  onStart: (address: string) => void = () => undefined,
): Promise<void> {
  const signal = io.stopSignal();
  const { manifest } = readLake(out);
  const { database, tables } = manifest;
  const known = new Map(views().map(({ name, columns }) => [name, columns]));
  const catalog = Object.fromEntries([
    ...tables.map(({ name, columns, keys }) => [name, [...columns.map((column) => column.name), ...keys]]),
    ...manifest.views.map(({ name }) => [name, (known.get(name) ?? []).map((column) => column.name)]),
  ]) as ServedData["catalog"];
  io.debug(`Serving ${database}.`);
  const server = await listen(out, { ...(await askFolder(out, io.progress())), catalog }, port);
  const address = `http://${server.address}/`;
  const sentence = `The report is on ${address} until this command is stopped (Ctrl+C).`;
  io.print(json ? JSON.stringify({ address }) : sentence);
  onStart(address);
  if (!signal.aborted) await once(signal, "abort");
  await server.close();
}

async function listen(dir: string, data: ServedData, port: number): Promise<LocalServer> {
  try {
    return await servePage(dir, data, { port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "EADDRINUSE" ? "another program uses it" : message;
    throw new UserError(
      `Port ${port} is not available (${reason}); choose another with --port, or --port 0 for a free one.`,
    );
  }
}
