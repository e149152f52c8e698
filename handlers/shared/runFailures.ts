/** The failures of an extract run, and what each means for it. */
import { codeOf, failure, type CodedError } from "./errors";

/**
 * - `transient`: may be gone at the next try. The client repeats the call, then the container counts as failed.
 * - `container`: concerns one container, which counts as failed.
 * - `changed`: a list changed while it was read; it is postponed to the next run.
 * - `refused`: the container may not be read; that is recorded and remembered.
 * - `no_scope`: the sign-in lacks a permission; that is recorded, and tried again in the next run.
 * - `pause`: stops all reading, but is no failure; the next run continues.
 * - `operator`: a person must act, and the same event delivered again would only fail again.
 * - `abort`: nothing more may be written; the next delivery of the event takes over.
 * - `fatal`: fails the run; the event is delivered again.
 */
export type Consequence =
  "transient" | "container" | "changed" | "refused" | "no_scope" | "pause" | "operator" | "abort" | "fatal";

const consequences = {
  timeout: "transient",
  connection_reset: "transient",
  server_error: "transient",
  malformed_body: "transient",
  request_rejected: "container",
  changed_while_read: "changed",
  not_found: "refused",
  not_owned: "refused",
  removed_endpoint: "refused",
  missing_scope: "no_scope",
  budget_spent: "pause",
  out_of_time: "pause",
  rate_limited: "pause",
  quota_exceeded: "pause",
  not_before: "pause",
  invalid_grant: "operator",
  invalid_client: "operator",
  other_account: "operator",
  premium_lapsed: "operator",
  not_allow_listed: "operator",
  fenced: "abort",
  storage: "abort",
  state_unknown: "abort",
  // The client repeats the call only if it has read something before.
  unreachable: "fatal",
  unauthorized: "fatal",
  sign_in_refused: "fatal",
  lease_taken: "fatal",
  unknown_container: "fatal",
  secret_missing: "fatal",
  secret_malformed: "fatal",
  unexpected: "fatal",
} as const satisfies Record<string, Consequence>;

/** Every code that a failure of an extract run has. */
export type RunFailureCode = keyof typeof consequences;

/** Returns a failure with a known code and one sentence that says what is wrong and what to do. */
export function runFailure(code: RunFailureCode, message: string, cause?: unknown): CodedError {
  return failure(code, message, cause);
}

/** Returns the failure of a read or write of the raw bucket; `what` begins its sentence, S3's reason ends it. */
export function storageFailure(what: string, cause: unknown): CodedError {
  return runFailure("storage", `${what}: ${(cause as Error).message}`, cause);
}

/** Returns whether an error has one of these codes. */
export function hasCode(error: unknown, ...codes: RunFailureCode[]): boolean {
  return codes.some((code) => code === codeOf(error));
}

/** Returns what an error means for the run; `fatal` for one without a known code. */
export function consequenceOf(error: unknown): Consequence {
  const code = codeOf(error);
  return code !== undefined && Object.hasOwn(consequences, code)
    ? consequences[code as RunFailureCode]
    : "fatal";
}
