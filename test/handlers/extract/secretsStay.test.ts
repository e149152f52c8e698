import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { signIn, world, type World } from "../../support/extractWorld";
import { jsonAnswer } from "../../support/fakeSpotify";
import { planted, plantedAccessToken, secretsIn } from "../../support/plantedSecrets";
import { requestText } from "../../support/echoingSpotify";
import { small } from "../../support/smallWorld";

/** What stands between extract and Spotify does with a request, which `request` shows as text. */
type Trouble = (request: string) => Response;

const answer = (status: number, wrap: (request: string) => string = (request) => request) => {
  return (request: string) => new Response(wrap(request), { status });
};
const page = (request: string) => `<html><h1>Oops</h1><pre>${request}</pre></html>`;
const apiError = (request: string) => JSON.stringify({ error: { status: 0, message: request } });
const signInError = (error: string) => (request: string) =>
  JSON.stringify({ error, error_description: request });

const atSpotify: Record<string, Trouble> = {
  "400 in JSON": answer(400, apiError),
  "400 as a page": answer(400, page),
  "400 cut off": answer(400, (request) => request.slice(0, request.indexOf(plantedAccessToken) + 19)),
  "401": answer(401, apiError),
  "403": answer(403, apiError),
  "404": answer(404, page),
  "407 of a proxy": answer(407, page),
  "429": answer(429, apiError),
  "500": answer(500, page),
  "502 of a proxy": answer(502),
  "302": (request) => new Response(null, { status: 302, headers: { location: encodeURI(request) } }),
  "200 that is no JSON": answer(200, page),
};
const atSignIn: Record<string, Trouble> = {
  "400 invalid_grant": answer(400, signInError("invalid_grant")),
  "400 invalid_client": answer(400, signInError("invalid_client")),
  "400 of another kind": answer(400, signInError("temporarily_unavailable")),
  "400 as a page": answer(400, page),
  "400 cut off": answer(400, (request) => request.slice(0, request.indexOf("Basic ") + 40)),
  "407 of a proxy": answer(407, page),
  "500": answer(500, page),
};
const lost: Record<string, Trouble> = {
  "a timeout": (request) => {
    throw new DOMException(`No answer to ${request}`, "TimeoutError");
  },
  "a broken proxy": (request) => {
    throw new TypeError(`The proxy cannot parse: ${request}`, { cause: new Error(request) });
  },
};

describe("secrets of extract", () => {
  /** Runs once; the requests to a path meet the trouble. Returns everything that a run leaves behind. */
  async function leftBy(path: string, trouble: Trouble, accessToken = `${plantedAccessToken}1`) {
    const one = world(small());
    one.secrets = { app: planted, signIns: { me: signIn(planted.refreshToken) } };
    let met = 0;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      // Refuses what the real one refuses, in its words.
      const headers = new Headers(init?.headers);
      const { pathname } = new URL(input as string);
      if (pathname.startsWith(path)) {
        met += 1;
        return trouble(requestText(init!.method!, pathname, headers, String(init?.body ?? "")));
      }
      if (pathname === "/api/token") return jsonAnswer(200, { access_token: accessToken });
      return one.spotify.fetch(input, init);
    };
    // As Lambda and its failure queue keep an error.
    const error = await one.run("event", { fetch }).catch((reason: Error) => reason);
    const told = error instanceof Error ? [error.name, error.message, error.stack] : error;
    return { met, text: [JSON.stringify(told), JSON.stringify(one.logged), ...objectsOf(one)].join("\n") };
  }

  const objectsOf = ({ bucket }: World) =>
    [...bucket.objects].map(([key, { body }]) => (key.endsWith(".gz") ? gunzipSync(body) : body).toString());

  for (const [where, path, troubles] of [
    ["an answer of the Web API", "/v1/me/tracks", { ...atSpotify, ...lost }],
    ["an answer to the sign-in", "/api/token", { ...atSignIn, ...lost }],
  ] as const)
    for (const [name, trouble] of Object.entries(troubles))
      it(`stand nowhere after ${where} that repeats the request: ${name}`, async () => {
        const { met, text } = await leftBy(path, trouble);
        expect(met, "requests that met it").to.be.at.least(1);
        expect(text).to.include("run started");
        expect(secretsIn(text)).to.deep.equal([]);
      });

  it("stand nowhere if the access token cannot be sent", async () => {
    const { text } = await leftBy("/nowhere", answer(500), `${plantedAccessToken}\n1`);
    expect(text).to.include("invalid header value");
    expect(secretsIn(text)).to.deep.equal([]);
  });
});
