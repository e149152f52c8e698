/** What an import came to, for people. */
import { textTable, type TableOptions } from "../lib/text-table";
import { visibleText } from "../lib/visible-text";
import type { FileReport } from "./history-file";

/** Returns the table of the files, and a sentence about all of them. */
export function importSummary(files: FileReport[], listener: string, options: TableOptions = {}): string {
  const columns = ["file", "plays", "invalid", "from", "to", "new objects"];
  const rows = files.map(({ file, plays, invalid, first_played_at, last_played_at, objects }) => ({
    ...{ file, plays, invalid },
    from: first_played_at?.slice(0, 10) ?? "",
    to: last_played_at?.slice(0, 10) ?? "",
    "new objects": objects,
  }));
  return `${textTable({ columns, rows }, options)}\n${outcome(files, listener)}`;
}

function outcome(files: FileReport[], listener: string): string {
  if (files.some(({ objects }) => objects > 0))
    return `The table streaming_history and the view all_plays have what ${listener} played.`;
  if (files.every(({ plays }) => plays === 0)) return "No play was found; nothing has changed.";
  return "All plays were imported before; nothing has changed.";
}

/** Returns a sentence for each file that is empty, broken or holds entries that are no play. */
export function importProblems(files: FileReport[]): string[] {
  return files.flatMap((report) => {
    const { plays, invalid, error } = report;
    const rest = plays > 0 ? `the ${plays} plays before it are in` : "nothing of it is in";
    const sentences: string[] = [];
    if (error !== null) sentences.push(`${error}; ${rest}.`);
    if (error === null && plays + invalid === 0) sentences.push("this is an empty list, without plays.");
    if (invalid > 0 && (error === null || plays > 0)) sentences.push(invalidSentence(report));
    return sentences.map((sentence) => `${visibleText(report.file)}: ${sentence}`);
  });
}

function invalidSentence({ plays, invalid, invalid_examples: examples }: FileReport): string {
  const some = examples.map(({ entry, reason }) => `entry ${entry} ${reason}`).join(", ");
  const more = invalid > examples.length ? ", …" : "";
  const count = invalid === 1 ? "1 entry is no play" : `${invalid} entries are no plays`;
  const rest = plays > 0 ? "; the table skips has those that come after a play" : "";
  return `${count} (${some}${more})${rest}.`;
}
