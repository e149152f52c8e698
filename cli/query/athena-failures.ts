import type { QueryExecution } from "@aws-sdk/client-athena";

/** Returns why a query has no answer, in a sentence. */
export function endSentence({ Status, WorkGroup }: QueryExecution): string {
  const reason = oneLine(
    Status?.AthenaError?.ErrorMessage ?? Status?.StateChangeReason ?? "no reason was given",
  );
  if (/bytes scanned limit/i.test(reason))
    return `The query was cancelled, since it would scan more than the workgroup ${WorkGroup} allows; read fewer days (where snapshot_date …), or raise the setting scanCutoffMb.`;
  return Status?.State === "CANCELLED" ? `The query was cancelled: ${reason}` : `The query failed: ${reason}`;
}

/** Returns why a call to AWS failed, in a sentence. */
export function athenaSentence(error: Error & { code?: string }, workgroup: string): string {
  const message = oneLine(error.message);
  const codes = [error.name, error.code].map(String);
  const is = (...names: string[]) => names.some((name) => codes.includes(name));
  if (is("CredentialsProviderError"))
    return `There are no AWS credentials to use (${message}); sign in, such as by aws sso login.`;
  if (is("ExpiredTokenException", "ExpiredToken", "RequestExpired"))
    return "The AWS credentials have expired; sign in again, such as by aws sso login.";
  if (is("UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException"))
    return "AWS does not know these credentials; check AWS_PROFILE, or sign in again.";
  if (is("AccessDeniedException")) return `AWS does not allow you to query: ${message}`;
  if (/workgroup.*(not found|does not exist)/i.test(message))
    return `There is no workgroup ${workgroup} in the stack's account and region; check AWS_PROFILE, or run pulumi up.`;
  if (is("TooManyRequestsException", "ThrottlingException"))
    return "Athena has too many queries of this account to do; try again in a minute.";
  if (is("InvalidRequestException")) return `The query failed: ${message}`;
  return `Athena could not be asked: ${message || error.name}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
