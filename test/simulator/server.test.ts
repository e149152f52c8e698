import { expect } from "chai";
import { createServer, type AddressInfo } from "node:net";
import { libraryAt } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { revise } from "../../simulator/model";
import { libraryOf, listeningTo, playlistOf, playOf, trackOf } from "../support/simulator/small";
import { SpotifySimulator, type SimulatedRequest } from "../../simulator/server";
import type { HttpFault } from "../../simulator/faults";
import { noon, signIn, withSimulator, type Client } from "./client";

const message = async (answer: Response) => ((await answer.json()) as { error: unknown }).error;

describe("the simulator's token endpoint", () => {
  it("grants a listener's token and an app's", () =>
    withSimulator({}, async ({ url }) => {
      const listener = await signIn(url, "listener");
      expect(listener.status).to.equal(200);
      expect(await listener.json())
        .to.include({ token_type: "Bearer", expires_in: 3600 })
        .and.to.have.property("scope");
      const app = (await (await signIn(url, "app")).json()) as Record<string, unknown>;
      expect(app).to.have.keys("access_token", "token_type", "expires_in");
    }));

  for (const [what, given, error] of [
    [
      "a wrong client id",
      { clientId: "x" },
      { error: "invalid_client", error_description: "Invalid client" },
    ],
    [
      "a wrong secret",
      { clientSecret: "x" },
      { error: "invalid_client", error_description: "Invalid client secret" },
    ],
    [
      "a wrong refresh token",
      { refreshToken: "x" },
      { error: "invalid_grant", error_description: "Invalid refresh token" },
    ],
  ] as const)
    it(`refuses ${what}`, () =>
      withSimulator({}, async ({ url }) => {
        const answer = await signIn(url, "listener", given);
        expect(answer.status).to.equal(400);
        expect(await answer.json()).to.deep.equal(error);
      }));

  it("refuses a request without credentials and a grant that it does not know", () =>
    withSimulator({ clientId: "id", clientSecret: "a:b" }, async ({ url }) => {
      const post = (headers: Record<string, string>) =>
        fetch(`${url}/api/token`, {
          method: "POST",
          headers,
          body: new URLSearchParams({ grant_type: "password" }),
        });
      expect(await (await post({})).json()).to.include({ error: "invalid_client" });
      const authorization = `Basic ${Buffer.from("id:a:b").toString("base64")}`;
      expect(await (await post({ authorization })).json()).to.include({ error: "unsupported_grant_type" });
    }));

  it("accepts the credentials that it is given", async () => {
    const own = { clientId: "id", clientSecret: "a:b", refreshToken: "mine" };
    await withSimulator(own, async ({ url }) => {
      expect((await signIn(url, "listener", own)).status).to.equal(200);
      expect((await signIn(url, "listener")).status).to.equal(400);
    });
  });
});

describe("the simulator's Web API", () => {
  it("wants a token", () =>
    withSimulator({}, async ({ url }) => {
      const ask = async (headers: Record<string, string>) =>
        message(await fetch(`${url}/v1/me`, { headers }));
      expect(await ask({})).to.deep.equal({ status: 401, message: "No token provided" });
      expect(await ask({ authorization: "Bearer x" })).to.deep.equal({
        status: 401,
        message: "Invalid access token",
      });
      expect(await ask({ authorization: "Basic x" })).to.deep.equal({
        status: 400,
        message: "Only valid bearer authentication supported",
      });
    }));

  it("lets a token expire after an hour of its clock", () => {
    let now = noon;
    return withSimulator({ clock: { now: () => now } }, async ({ get }) => {
      now += 3_599_999;
      expect((await get("/v1/me")).status).to.equal(200);
      now += 1;
      const answer = await get("/v1/me");
      expect(answer.status).to.equal(401);
      expect(await message(answer)).to.deep.equal({ status: 401, message: "The access token expired" });
    });
  });

  it("gives simulated time as the date of its answers, and the library of that day", () => {
    let now = noon;
    return withSimulator({ clock: { now: () => now }, seed: 3 }, async ({ simulator, get }) => {
      expect((await get("/v1/me")).headers.get("date")).to.equal("Mon, 02 Nov 2026 12:00:00 GMT");
      const first = await (await get("/v1/me/tracks")).text();
      now += 86_400_000;
      const answer = await get("/v1/me/tracks");
      expect(answer.headers.get("date")).to.equal("Tue, 03 Nov 2026 12:00:00 GMT");
      expect(await answer.text()).not.to.equal(first);
      expect(simulator.library()).to.equal(libraryAt({ seed: 3, start: noon, now }));
    });
  });

  it("answers refusals in Spotify's words", () =>
    withSimulator({ grant: "app" }, async ({ url, get, token }) => {
      const answer = await get("/v1/playlists/none/tracks");
      expect(answer.status).to.equal(403);
      expect(await answer.json()).to.deep.equal({ error: { status: 403, message: "Forbidden" } });
      const headers = { authorization: `Bearer ${token}` };
      const put = await fetch(`${url}/v1/me/tracks`, { method: "PUT", headers });
      expect(await message(put)).to.deep.equal({ status: 405, message: "Method not allowed" });
    }));

  it("answers the same bytes at every port", async () => {
    const read = async () => {
      let body = "";
      await withSimulator({ seed: 9 }, async ({ get }) => {
        for (const path of ["/v1/me", "/v1/me/playlists?limit=50", "/v1/me/tracks?limit=50&offset=600"])
          body += await (await get(path)).text();
      });
      return body;
    };
    expect(await read()).to.equal(await read());
  });

  it("lays its JSON out over lines, and keeps U+2028 within one", () =>
    withSimulator(
      { library: () => libraryOf({ saved: [trackOf("t1", { name: "a\u2028b" })] }) },
      async ({ get }) => {
        const body = await (await get("/v1/me/tracks")).text();
        expect(body).to.match(/^\{\n/).and.to.include('"a\u2028b"');
      },
    ));

  it("serves another mode", () =>
    withSimulator({ mode: "extended" }, async ({ get }) => {
      expect(await (await get("/v1/me")).json()).to.include({ product: "premium" });
    }));

  it("counts what is asked, by path and not by id", () =>
    withSimulator({}, async ({ simulator, get, url }) => {
      const first = simulator.library().playlists.find((list) => list !== null)!;
      await get(`/v1/playlists/${first.id}/items?limit=1`);
      await get(`/v1/playlists/${first.id}/items?limit=2`);
      await fetch(`${url}/v1/me`);
      expect(simulator.stats).to.deep.equal({
        calls: 3,
        byPath: { "/v1/playlists/{id}/items": 2, "/v1/me": 1 },
        tokens: 1,
      });
    }));
});

describe("the simulator's listener", () => {
  const recent = "/v1/me/player/recently-played?limit=50";

  it("plays on as time passes; what was returned is remembered, and what was played is known", () => {
    let now = noon;
    const read = new Set<string>();
    const poll = async (url: string) => {
      const { access_token: token } = (await (await signIn(url, "listener")).json()) as {
        access_token: string;
      };
      const answer = await fetch(url + recent, { headers: { authorization: `Bearer ${token}` } });
      return (await answer.json()) as { items: { played_at: string }[] };
    };
    return withSimulator({ clock: { now: () => now }, seed: 3 }, async ({ simulator, url }) => {
      for (let polls = 0; polls < 48; polls += 1, now += 3_600_000) {
        const { items } = await poll(url);
        expect(items).to.have.length(50);
        for (const { played_at: at } of items) read.add(at);
      }
      const returned = [...simulator.returnedPlays.keys()].map(({ playedAt }) =>
        new Date(playedAt).toISOString(),
      );
      expect(returned.sort()).to.deep.equal([...read].sort());
      const truth = simulator.playsBetween(noon - 7 * 86_400_000, now);
      for (const play of simulator.returnedPlays.keys()) expect(truth).to.include(play);
      const expected = listeningOf(3, (at) => libraryAt({ seed: 3, start: noon, now: at }));
      expect(truth).to.deep.equal(expected.between(noon - 7 * 86_400_000, now));
    });
  });

  it("is not reported by an answer that nobody waited for", async () => {
    let asked: () => void;
    const wasAsked = new Promise<void>((resolve) => (asked = resolve));
    const faults = ({ path }: SimulatedRequest): HttpFault | undefined =>
      path.startsWith("/v1/") ? { kind: "slow", ms: 60_000 } : undefined;
    const onRequest = ({ path }: SimulatedRequest) => void (path.startsWith("/v1/") && asked());
    let pending: Promise<unknown>;
    let returned: ReadonlyMap<unknown, number>;
    await withSimulator({ faults, onRequest }, async ({ simulator, get }) => {
      returned = simulator.returnedPlays;
      pending = get(recent).catch(() => "no answer");
      await wasAsked;
    });
    expect(await pending!).to.equal("no answer");
    await new Promise((resolve) => setImmediate(resolve));
    expect(returned!).to.be.empty;
  });

  it("plays nothing beside another library unless asked to", async () => {
    const library = () => libraryOf({ saved: [trackOf("t1")] });
    const items = async ({ get }: Client) =>
      ((await (await get(recent)).json()) as { items: unknown[] }).items;
    await withSimulator({ library }, async (client) => {
      expect(await items(client)).to.be.empty;
    });
    const listening = listeningTo([playOf(trackOf("t1"), noon - 1)]);
    await withSimulator({ library, listening }, async (client) => {
      expect(await items(client)).to.have.length(1);
    });
  });
});

describe("the simulator's hooks", () => {
  it("let a test change a playlist while it is paged", async () => {
    const tracks = Array.from({ length: 5 }, (_, k) => trackOf(`t${k}`));
    const list = playlistOf("p1", tracks);
    let library = libraryOf({ playlists: [list] });
    const onRequest = ({ path, attempt, query }: SimulatedRequest) => {
      if (path.endsWith("/items") && query.get("offset") === "2" && attempt === 1)
        library = libraryOf({ playlists: [revise(list, { entries: list.entries.slice(1) })] });
    };
    await withSimulator({ library: () => library, onRequest }, async ({ get }) => {
      const page = async (offset: number) => {
        const answer = await get(`/v1/playlists/p1/items?limit=2&offset=${offset}`);
        const { total, items } = (await answer.json()) as {
          total: number;
          items: { item: { id: string } }[];
        };
        return [total, ...items.map(({ item }) => item.id)];
      };
      expect([await page(0), await page(2)]).to.deep.equal([
        [5, "t0", "t1"],
        [4, "t3", "t4"],
      ]);
    });
  });

  it("number requests and their repeats", async () => {
    const seen: [string, string, number, number][] = [];
    const onRequest = ({ method, path, n, attempt }: SimulatedRequest) =>
      void seen.push([method, path, n, attempt]);
    await withSimulator({ onRequest }, async ({ get }) => {
      await get("/v1/me");
      await get("/v1/me");
      await get("/v1/me?x=1");
    });
    expect(seen).to.deep.equal([
      ["POST", "/api/token", 1, 1],
      ["GET", "/v1/me", 2, 1],
      ["GET", "/v1/me", 3, 2],
      ["GET", "/v1/me", 4, 1],
    ]);
  });

  it("that fail are answered by 500 with the reason", () => {
    const faults = ({ path }: SimulatedRequest) => {
      if (path === "/v1/me") throw new Error("no such fault");
      return undefined;
    };
    return withSimulator({ faults }, async ({ get }) => {
      const answer = await get("/v1/me");
      expect([answer.status, await answer.text()]).to.deep.equal([
        500,
        "The simulator failed: Error: no such fault",
      ]);
    });
  });
});

describe("the simulator's port", () => {
  it("is one that the caller chooses, or a clear error", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const simulator = new SpotifySimulator({ clock: { now: () => noon } });
    const error = await simulator.start(port).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes(`Port ${port}`);
    await new Promise((resolve) => other.close(resolve));
    const again = new SpotifySimulator({ clock: { now: () => noon } });
    expect(await again.start(port)).to.equal(`http://127.0.0.1:${port}`);
    await again.close();
  });
});
