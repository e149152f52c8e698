import { expect } from "chai";
import { Accounts, readScopes, simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator, type SimulatorOptions } from "../../simulator/server";
import { press } from "../cli/login/listener";
import { noon } from "./client";

const { clientId, clientSecret, refreshToken } = simulatedCredentials;
const redirectUri = "http://127.0.0.1:8888/callback";

/** The accounts service of a running simulator. */
interface Service {
  simulator: SpotifySimulator;
  /** Address of a consent page. */
  page: (query?: Record<string, string>) => string;
  /** Presses a button of the page and gives the address that the browser is sent to. */
  answer: (button: "agree" | "cancel", query?: Record<string, string>) => Promise<URL>;
  /** POST /api/token, signed in as the app. */
  token: (form: Record<string, string>) => Promise<{ status: number; body: Record<string, unknown> }>;
}

async function withService(
  options: Partial<SimulatorOptions>,
  test: (service: Service) => Promise<void>,
): Promise<void> {
  const simulator = new SpotifySimulator({ clock: { now: () => noon }, ...options });
  const url = await simulator.start();
  const page = (query: Record<string, string> = {}) =>
    `${url}/authorize?${new URLSearchParams({ ...request, ...query }).toString()}`;
  const answer = async (button: string, query: Record<string, string> = {}) => {
    const body = new URLSearchParams({ ...request, ...query, answer: button });
    const sent = await fetch(`${url}/authorize`, { method: "POST", body, redirect: "manual" });
    expect(sent.status).to.equal(302);
    return new URL(sent.headers.get("location")!);
  };
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const token = async (form: Record<string, string>) => {
    const headers = { authorization: `Basic ${basic}` };
    const body = new URLSearchParams(form);
    const sent = await fetch(`${url}/api/token`, { method: "POST", headers, body });
    return { status: sent.status, body: (await sent.json()) as Record<string, unknown> };
  };
  await test({ simulator, page, answer, token }).finally(() => simulator.close());
}

const request = {
  client_id: clientId,
  response_type: "code",
  redirect_uri: redirectUri,
  scope: "user-read-private user-library-read",
  state: "s t&'a\"te",
};

const exchanged = (code: string | null, uri = redirectUri) => ({
  grant_type: "authorization_code",
  code: code ?? "",
  redirect_uri: uri,
});

const refused = (description: string) => ({
  status: 400,
  body: { error: "invalid_grant", error_description: description },
});

describe("the simulator's consent page", () => {
  it("names the app and the scopes", () =>
    withService({}, async ({ simulator, page }) => {
      const shown = await fetch(page());
      expect(shown.status).to.equal(200);
      expect(shown.headers.get("content-type")).to.include("text/html");
      expect(await shown.text())
        .to.include(`<b>${clientId}</b>`)
        .and.include("<li>user-read-private</li>\n<li>user-library-read</li>")
        .and.include("Agree")
        .and.include("Cancel");
      expect(simulator.stats).to.deep.equal({ calls: 0, byPath: {}, tokens: 0 });
    }));

  it("shows what it is sent as text", () =>
    withService({ clientId: "<b>" }, async ({ page }) => {
      const html = await (await fetch(page({ client_id: "<b>", state: `"><script>` }))).text();
      expect(html).to.include("<b>&lt;b&gt;</b>").and.not.include("<script>");
    }));

  it("sends the browser back with a code and the state, in the page's own form", async () => {
    const callback = new SpotifySimulator({ clock: { now: () => noon } });
    const address = `${await callback.start()}/callback`;
    await withService({}, async ({ page }) => {
      const { url } = await press(page({ redirect_uri: address }), "agree");
      const back = new URL(url);
      expect(back.origin + back.pathname).to.equal(address);
      expect(Object.fromEntries(back.searchParams)).to.deep.equal({
        code: "simulated-code-1",
        state: request.state,
      });
    }).finally(() => callback.close());
  });

  it("sends the browser back with an error if the listener declines", () =>
    withService({}, async ({ answer }) => {
      expect(Object.fromEntries((await answer("cancel")).searchParams)).to.deep.equal({
        error: "access_denied",
        state: request.state,
      });
    }));

  for (const [what, query, words] of [
    ["another app", { client_id: "other" }, "INVALID_CLIENT: Invalid client"],
    ["another redirect URI", { redirect_uri: "http://127.0.0.1:1/" }, "INVALID_CLIENT: Invalid redirect URI"],
    ["another flow", { response_type: "token" }, "response_type must be code"],
    ["a scope that there is not", { scope: "user-read-mail" }, "INVALID_SCOPE: Invalid scope"],
  ] as const)
    it(`sends nobody back for ${what}`, () =>
      withService({}, async ({ page }) => {
        for (const button of ["agree", "cancel"] as const) {
          const { status, text } = await press(page(query), button);
          expect(status).to.equal(400);
          expect(text).to.include(words);
        }
      }));

  for (const [registered, uri, good] of [
    [undefined, "http://127.0.0.1:1/callback", true],
    [undefined, "http://127.0.0.1:65535/callback", true],
    [undefined, "http://127.0.0.1/callback", true],
    [undefined, "http://127.0.0.1:8888/callback/", false],
    [undefined, "http://127.0.0.1:8888/callback?a=b", false],
    [undefined, "http://127.0.0.1:8888/x/callback", false],
    [undefined, "http://localhost:8888/callback", false],
    [undefined, "", false],
    ["http://127.0.0.1:8888/callback", "http://127.0.0.1:8888/callback", true],
    ["http://127.0.0.1:8888/callback", "http://127.0.0.1:8889/callback", false],
    ["http://[::1]/callback", "http://[::1]:9/callback", true],
    ["https://example.org/callback", "https://example.org:1/callback", false],
  ] as const)
    it(`${good ? "takes" : "refuses"} the redirect URI ${uri || "(none)"} if ${registered ?? "none of its own"} is registered`, () =>
      withService({ redirectUris: registered && [registered] }, async ({ page }) => {
        expect((await fetch(page({ redirect_uri: uri }))).status).to.equal(good ? 200 : 400);
      }));
});

describe("the simulator's authorization codes", () => {
  it("are good for tokens with the scopes that were agreed to", () =>
    withService({}, async ({ answer, token }) => {
      const code = (await answer("agree")).searchParams.get("code");
      const first = await token(exchanged(code));
      expect(first).to.deep.equal({
        status: 200,
        body: {
          access_token: "simulated-access-token-1",
          token_type: "Bearer",
          expires_in: 3600,
          scope: request.scope,
          refresh_token: `${refreshToken}-1`,
        },
      });
      const again = await token({ grant_type: "refresh_token", refresh_token: `${refreshToken}-1` });
      expect(again.body).to.have.keys("access_token", "token_type", "expires_in", "scope");
      expect(again.body.scope).to.equal(request.scope);
    }));

  it("are good once", () =>
    withService({}, async ({ answer, token }) => {
      const code = (await answer("agree")).searchParams.get("code");
      expect((await token(exchanged(code))).status).to.equal(200);
      expect(await token(exchanged(code))).to.deep.equal(refused("Invalid authorization code"));
      expect(await token(exchanged("other"))).to.deep.equal(refused("Invalid authorization code"));
    }));

  it("are good for their own redirect URI", () =>
    withService({}, async ({ answer, token }) => {
      const code = (await answer("agree")).searchParams.get("code");
      expect(await token(exchanged(code, "http://127.0.0.1:8889/callback"))).to.deep.equal(
        refused("Invalid redirect URI"),
      );
    }));

  it("give each consent a token of its own", () =>
    withService({}, async ({ answer, token }) => {
      for (const scope of ["user-top-read", ""])
        await token(exchanged((await answer("agree", { scope })).searchParams.get("code")));
      const scopes = [];
      for (const number of [1, 2]) {
        const form = { grant_type: "refresh_token", refresh_token: `${refreshToken}-${number}` };
        scopes.push((await token(form)).body.scope);
      }
      expect(scopes).to.deep.equal(["user-top-read", ""]);
    }));
});

describe("the simulator's refresh tokens", () => {
  const refreshed = (name: string) => ({ grant_type: "refresh_token", refresh_token: name });

  it("end six months after the consent, however they are used", () => {
    let now = noon;
    return withService({ clock: { now: () => now } }, async ({ answer, token }) => {
      const code = (await answer("agree")).searchParams.get("code");
      now += 60_000;
      await token(exchanged(code));
      for (const time of [Date.UTC(2027, 3, 30), Date.UTC(2027, 4, 2, 12) - 1]) {
        now = time;
        expect((await token(refreshed(`${refreshToken}-1`))).status).to.equal(200);
      }
      now = Date.UTC(2027, 4, 2, 12);
      expect(await token(refreshed(`${refreshToken}-1`))).to.deep.equal(refused("Refresh token expired"));
    });
  });

  it("that are set last, unless their date is set as well", async () => {
    let now = noon;
    const clock = { now: () => now };
    await withService({ clock }, async ({ token }) => {
      now = Date.UTC(2036, 0, 1);
      expect((await token(refreshed(refreshToken))).status).to.equal(200);
    });
    await withService({ clock, authorizedAt: Date.UTC(2035, 6, 2) }, async ({ token }) => {
      expect((await token(refreshed(refreshToken))).status).to.equal(200);
      now = Date.UTC(2036, 0, 2);
      expect(await token(refreshed(refreshToken))).to.deep.equal(refused("Refresh token expired"));
    });
  });

  it("give access tokens that know their scopes", () => {
    const accounts = new Accounts(simulatedCredentials, { now: () => noon });
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    const scopes = (form: Record<string, string>) => {
      const { body } = accounts.token(basic, new URLSearchParams(form));
      return accounts.scopesOf(body.access_token as string);
    };
    expect(scopes(refreshed(refreshToken))).to.deep.equal(readScopes);
    expect(scopes({ grant_type: "client_credentials" })).to.deep.equal([]);
    expect(scopes(exchanged(accounts.issueCode(redirectUri, "user-top-read")))).to.deep.equal([
      "user-top-read",
    ]);
    expect(accounts.scopesOf("unknown")).to.deep.equal([]);
  });
});
