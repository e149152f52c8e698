/** An `Error` that carries a code, so that callers tell conditions apart without reading sentences. */
export interface CodedError extends Error {
  code: string;
}

/** Returns an error with a code and one sentence that says what is wrong and what to do. */
export function failure(code: string, message: string, cause?: unknown): CodedError {
  return Object.assign(new Error(message, { cause }), { name: code, code });
}

/** Returns the code of an error made by {@link failure} or by Node, or undefined. */
export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
