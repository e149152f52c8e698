/** What the first bytes of a file tell about it. */
import type { Readable } from "node:stream";

/** What a file is: `history` has the fields of plays, `list` any other items. */
type Content =
  "history" | "list" | "empty list" | "object" | "web page" | "zip" | "gzip" | "utf-16" | "empty" | "other";

/** Enough for the first play of any history. */
const startSize = 4096;

/** Returns what a file is; reads no more than its start. */
export async function contentOf(open: () => Promise<Readable>): Promise<Content> {
  let start = Buffer.alloc(0);
  for await (const chunk of await open()) {
    start = Buffer.concat([start, chunk as Buffer]);
    if (start.length >= startSize) break;
  }
  return contentFrom(start);
}

function contentFrom(bytes: Buffer): Content {
  const hex = bytes.subarray(0, 4).toString("hex");
  if (/^504b(0304|0506)/.test(hex)) return "zip";
  if (hex.startsWith("1f8b")) return "gzip";
  if (/^(fffe|feff)/.test(hex)) return "utf-16";
  const text = bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (text === "") return "empty";
  if (text.startsWith("<")) return "web page";
  if (text.startsWith("{")) return "object";
  if (!text.startsWith("[")) return "other";
  if (/^\[\s*\]/.test(text)) return "empty list";
  return isPlay(text) ? "history" : "list";
}

/** `ts` and `ms_played` are fields of the extended history, `endTime` and `msPlayed` of the account data. */
function isPlay(text: string): boolean {
  return /"(ts|endTime)"\s*:/.test(text) && /"(ms_played|msPlayed)"\s*:/.test(text);
}

/** Returns why a file cannot be a list of plays, or undefined for a list and for what only its reader can check. */
export function noHistory(content: Content): string | undefined {
  const what = {
    object: "this is a JSON object, no list of plays",
    "web page": "this is a web page, no list of plays; download the export again",
    zip: "this is a zip; import it by itself",
    gzip: "this is compressed by gzip; unpack it first (gunzip)",
    "utf-16": "this is UTF-16 text; save it as UTF-8",
    empty: "the file is empty",
  };
  return content in what ? what[content as keyof typeof what] : undefined;
}
