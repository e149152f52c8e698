import * as fs from "node:fs";
import { SourceMap } from "node:module";

/**
 * Lets stack traces of a bundle name source files and lines. Node could do this itself (`--enable-source-maps`), but it
 * would read the map at every cold start; this reads it when the first stack is looked at.
 * @param bundle path of the bundle, its source map beside it
 */
export function nameSourcesIn(bundle: string): void {
  let map: SourceMap | undefined;
  const sourceOf = (line: number, column: number): string | undefined => {
    map ??= new SourceMap(JSON.parse(fs.readFileSync(`${bundle}.map`, "utf8")) as never);
    const found = map.findEntry(line - 1, column - 1);
    if (!("originalSource" in found)) return undefined;
    const source = found.originalSource.replace(/^(\.\.\/)+/, "");
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  };
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => {
      const text = String(frame);
      const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
      if (frame.getFileName() !== bundle || line === null || column === null) return text;
      return text.replace(`${bundle}:${line}:${column}`, (place) => sourceOf(line, column) ?? place);
    });
    return [String(error), ...lines.map((line) => `    at ${line}`)].join("\n");
  };
}
