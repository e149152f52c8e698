/** The page on which a listener lets an app read their library, or does not: GET and POST /authorize. */
import { readScopes } from "./accounts";
import type { HttpResponse } from "./faults";

/** What Spotify knows of the app. */
export interface RegisteredApp {
  clientId: string;
  /** Where browsers may be sent back to. One of a loopback IP without a port is good for every port. */
  redirectUris: string[];
}

/**
 * Shows the page (GET), or sends the browser back with the listener's answer (POST, the page's form). `issueCode` makes
 * the code that the app may exchange. A wrong request is answered by a page: Spotify sends nobody to an address that it
 * does not trust.
 */
export function consentAnswer(
  method: string,
  asked: URLSearchParams,
  app: RegisteredApp,
  issueCode: (redirectUri: string, scope: string) => string,
): HttpResponse {
  const wrong = mistake(asked, app);
  if (wrong) return page(400, "Error", `<p>${wrong}</p>`);
  if (method !== "POST") return page(200, "Simulated Spotify", form(asked));
  const redirectUri = asked.get("redirect_uri")!;
  const agreed = asked.get("answer") === "agree";
  const back = new URL(redirectUri);
  if (agreed) back.searchParams.set("code", issueCode(redirectUri, asked.get("scope") ?? ""));
  else back.searchParams.set("error", "access_denied");
  const state = asked.get("state");
  if (state !== null) back.searchParams.set("state", state);
  return { status: 302, headers: { location: back.href }, body: "" };
}

function mistake(asked: URLSearchParams, { clientId, redirectUris }: RegisteredApp): string | undefined {
  if (asked.get("client_id") !== clientId) return "INVALID_CLIENT: Invalid client";
  const redirectUri = asked.get("redirect_uri") ?? "";
  if (!redirectUris.some((registered) => matches(registered, redirectUri)))
    return "INVALID_CLIENT: Invalid redirect URI";
  if (asked.get("response_type") !== "code") return "response_type must be code";
  const scopes = scopesOf(asked);
  return scopes.every((scope) => readScopes.includes(scope)) ? undefined : "INVALID_SCOPE: Invalid scope";
}

function matches(registered: string, asked: string): boolean {
  if (registered === asked) return true;
  const [, origin, path] = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(\/.*)$/.exec(registered) ?? [];
  if (origin === undefined || path === undefined || !asked.startsWith(`${origin}:`)) return false;
  return /^\d{1,5}$/.test(asked.slice(origin.length + 1, -path.length)) && asked.endsWith(path);
}

function scopesOf(asked: URLSearchParams): string[] {
  return (asked.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
}

function form(asked: URLSearchParams): string {
  const fields = ["client_id", "response_type", "redirect_uri", "scope", "state"]
    .filter((name) => asked.has(name))
    .map((name) => `<input type="hidden" name="${name}" value="${escapeHtml(asked.get(name)!)}">`);
  const scopes = scopesOf(asked).map((scope) => `<li>${scope}</li>`);
  return `<p>The app <b>${escapeHtml(asked.get("client_id")!)}</b> asks to read:</p>
<ul>
${scopes.length > 0 ? scopes.join("\n") : "<li>nothing but what is public</li>"}
</ul>
<form method="post" action="/authorize">
${fields.join("\n")}
<button name="answer" value="agree">Agree</button>
<button name="answer" value="cancel">Cancel</button>
</form>`;
}

function page(status: number, title: string, body: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root { color-scheme: light dark }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 2rem auto; padding: 0 1rem }
button { font: inherit; padding: 0.5rem 1.5rem; margin-right: 0.5rem }
</style>
<h1>${title}</h1>
${body}
</html>
`,
  };
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text in an element or a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
