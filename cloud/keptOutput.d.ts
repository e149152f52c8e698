/** Returns the SHA-256 of texts, one after the other, in hexadecimal digits. */
export function sha256(...texts: (string | Uint8Array)[]): string;

/**
 * Returns what `make` returns, a text, from the cache if it was made with the same `mark` before. An entry keeps its last
 * text alone. `folder` is one of the cache, `entry` any text that names what is made, `mark` one line.
 */
export function keptOutput(folder: string, entry: string, mark: string, make: () => string): string;
