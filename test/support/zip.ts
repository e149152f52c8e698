import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** A zip of these files, by name. */
export async function zipOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, body] of Object.entries(files)) zip.addBuffer(Buffer.from(body as string), name);
  zip.end();
  return buffer(zip.outputStream);
}
