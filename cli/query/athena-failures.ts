import type { QueryExecution } from "@aws-sdk/client-athena";
import { awsSentence, credentialsSentence, oneLine } from "../lib/awsFailure";

/** Returns why a query has no answer, in a sentence. */
export function endSentence({ Status, WorkGroup }: QueryExecution): string {
  const reason = oneLine(
    Status?.AthenaError?.ErrorMessage ?? Status?.StateChangeReason ?? "no reason was given",
  );
  if (/bytes scanned limit/i.test(reason))
    return `The query was cancelled, since it would scan more than the workgroup ${WorkGroup} allows; read fewer days (where snapshot_date …), or raise the setting scanCutoffMb.`;
  return Status?.State === "CANCELLED" ? `The query was cancelled: ${reason}` : `The query failed: ${reason}`;
}

/** Returns why a call to Athena failed, in a sentence. */
export function athenaSentence(error: Error & { code?: string }, workgroup: string): string {
  const message = oneLine(error.message);
  const codes = [error.name, error.code].map(String);
  const is = (...names: string[]) => names.some((name) => codes.includes(name));
  const aboutCredentials = credentialsSentence(error);
  if (aboutCredentials !== undefined) return aboutCredentials;
  if (is("AccessDeniedException")) return `AWS does not allow you to query: ${message}`;
  if (/workgroup.*(not found|does not exist)/i.test(message))
    return `There is no workgroup ${workgroup} in the stack's account and region; check AWS_PROFILE, or run pulumi up.`;
  if (is("TooManyRequestsException", "ThrottlingException"))
    return "Athena has too many queries of this account to do; try again in a minute.";
  if (is("InvalidRequestException")) return `The query failed: ${message}`;
  const other = `Athena could not be asked: ${message || error.name}`;
  return awsSentence(new Error(other, { cause: error })) ?? other;
}
