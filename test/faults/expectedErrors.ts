import { codeOf } from "../../handlers/shared/errors";
import { isInjected } from "./faultInjector";

/** Codes with which an attempt may fail while faults are injected: races, and what Spotify's answers can do to a run. */
const codes = {
  extract: ["fenced", "lease_taken", "timeout", "connection_reset", "server_error", "malformed_body"],
  transform: ["busy", "newer_program", "partition_refused", "bad_raw_object"],
};

/** S3's answers to a write that lost a race. */
const conflicts = [404, 409, 412];

/**
 * Returns whether an attempt may fail with this error: it was injected, it has one of the codes above, or it says that
 * storage failed because of an injected error or a lost race. Anything else, such as a TypeError, is a bug.
 */
export function isExpected(name: keyof typeof codes, error: unknown): boolean {
  if (isInjected(error) || codes[name].includes(codeOf(error) ?? "")) return true;
  if (codeOf(error) !== "storage") return false;
  const { cause } = error as Error;
  const status = (cause as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
  return isInjected(cause) || conflicts.includes(status ?? 0);
}
