/** Returns a test for texts that match a pattern, in which `*` stands for any characters and `?` for one. */
export function wildcard(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  // Most patterns end with their only wildcard, and every call of a function is tested.
  const prefix = pattern.slice(0, -1);
  if (pattern.endsWith("*") && !/[*?]/.test(prefix)) return (text) => text.startsWith(prefix);
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (text) => expression.test(text);
}
