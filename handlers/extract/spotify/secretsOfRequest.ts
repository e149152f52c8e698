/** A shorter text is no secret of Spotify's, and would be found in the midst of words. */
const shortest = 8;

/**
 * Returns what a request sends that nobody else may see, each in every form in which somebody might repeat it.
 * `authorization` is the header, `form` the fields of the body.
 */
export function secretsIn(authorization = "", form: Record<string, string> = {}): string[] {
  const [scheme, credentials = ""] = authorization.split(/ (.*)/s);
  const [, clientSecret = ""] =
    scheme === "Basic" ? Buffer.from(credentials, "base64").toString().split(/:(.*)/s) : [];
  const fields = Object.entries(form).flatMap(([name, value]) => (name === "grant_type" ? [] : [value]));
  const secrets = [credentials, clientSecret, ...fields].filter(({ length }) => length >= shortest);
  return secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
}

/** Where a secret begins in a text that may end in its midst: it has a digit or many letters, unlike a word. */
const cutOff =
  /\b(Bearer +|Basic +|refresh_token=|client_secret=)(?:[^\s&"'<]{16,}|(?=[^\s&"'<]*\d)[^\s&"'<]{4,})/gi;

/** Returns a text without these secrets, nor anything that looks like a part of one. */
export function hideSecrets(text: string, secrets: string[]): string {
  const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, "[hidden]"), text);
  return hidden.replace(cutOff, "$1[hidden]");
}
