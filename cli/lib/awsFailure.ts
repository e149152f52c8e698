/** What the SDK and Node call it when nothing answers. */
const unreachable = [
  ...[
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "EPIPE",
    "ETIMEDOUT",
  ],
  ...["TimeoutError", "NetworkingError"],
];
const unknownCredentials = [
  ...["UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException"],
  ...["InvalidAccessKeyId", "SignatureDoesNotMatch"],
];
const expiredCredentials = ["ExpiredTokenException", "ExpiredToken", "RequestExpired"];
const refused = ["AccessDeniedException", "AccessDenied", "NoSuchBucket", "ThrottlingException", "SlowDown"];

/**
 * Returns what is wrong and what to do, in a sentence, if AWS could not be reached, does not accept the credentials or
 * refuses a request; undefined for any other error. Counts what an error was caused by.
 */
export function awsSentence(error: Error): string | undefined {
  const message = oneLine(error.message) || codesOf(error).join(", ");
  if (is(error, unreachable))
    return `${message.replace(/\.$/, "")}; check the network and the stack's region, and give the command again.`;
  return credentialsSentence(error) ?? (is(error, refused) ? message : undefined);
}

/** Returns the sentence of {@link awsSentence} about credentials that are missing, old or unknown. */
export function credentialsSentence(error: Error): string | undefined {
  if (is(error, ["CredentialsProviderError"]))
    return `There are no AWS credentials to use (${oneLine(error.message)}); sign in, such as by aws sso login.`;
  if (is(error, expiredCredentials))
    return "The AWS credentials have expired; sign in again, such as by aws sso login.";
  if (is(error, unknownCredentials))
    return "AWS does not know these credentials; check AWS_PROFILE, or sign in again.";
}

function is(error: Error, names: string[]): boolean {
  const codes = codesOf(error);
  return names.some((name) => codes.includes(name));
}

/** Returns the names and codes of an error, and of those in it or behind it. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { name, code, cause, errors = [] } = error as Error & { code?: unknown; errors?: unknown[] };
  return [name, ...(typeof code === "string" ? [code] : []), ...[cause, ...errors].flatMap(codesOf)];
}

/** Returns a text without line breaks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
