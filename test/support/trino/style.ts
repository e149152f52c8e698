import { codeOnly, type Finding } from "./lint";

const longest = 110;

const rules: { pattern: RegExp; message: string }[] = [
  { pattern: /\t/, message: "a tab; indent by two spaces" },
  { pattern: /\s$/, message: "space at the end of the line" },
  { pattern: /^(?: {2})* \S/, message: "indent by two spaces" },
  { pattern: /^\s*,/, message: "a comma stands at the end of its line" },
  { pattern: /[A-Z]/, message: "keywords and names are in lower case" },
];

/** Returns where a SQL file differs from the style of all. */
export function lintStyle(file: string, text: string): Finding[] {
  const lines = text.split("\n");
  const code = codeOnly(text).split("\n");
  const found = lines.slice(0, -1).flatMap((line, index) => {
    // A line that is all comment is blank in `code`; only its end is checked.
    const isComment = line.trimStart().startsWith("--");
    const seen = isComment ? line.replace(/[A-Z,]/g, "x") : code[index]!;
    const messages = rules.filter(({ pattern }) => pattern.test(seen)).map(({ message }) => message);
    if (!line.startsWith("--") && line.length > longest) messages.push(`longer than ${longest} characters`);
    return messages.map((message) => ({ file, line: index + 1, message }));
  });
  const end = lines.at(-1) === "" && lines.at(-2) !== "" ? [] : ["the file ends with one line break"];
  return [...found, ...end.map((message) => ({ file, line: lines.length, message }))];
}
