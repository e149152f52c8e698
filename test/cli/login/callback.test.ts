import { createServer, type AddressInfo } from "node:net";
import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { CallbackServer } from "../../../cli/login/callback";
import { open } from "./listener";

/** Runs a test against a callback server that is closed in any case. */
function withServer(test: (server: CallbackServer) => Promise<void>): () => Promise<void> {
  return async () => {
    const server = await CallbackServer.listen(0);
    await test(server).finally(() => server.close());
  };
}

describe("the callback server", () => {
  it(
    "gives the first answer, shows a page of text and takes no second answer",
    withServer(async (server) => {
      const came = server.callback(10_000);
      const shown = open(`${server.redirectUri}?code=a%20b&state=s`);
      const callback = await came;
      expect(Object.fromEntries(callback.query)).to.deep.equal({ code: "a b", state: "s" });
      expect((await open(`${server.redirectUri}?code=c`)).status).to.equal(409);
      await callback.answer(200, "Done", "<script>&");
      expect(await shown)
        .to.include({ status: 200 })
        .and.property("text")
        .that.includes("<p>&lt;script&gt;&amp;</p>");
    }),
  );

  it(
    "answers nothing else",
    withServer(async (server) => {
      const came = server.callback(10_000);
      const { redirectUri } = server;
      expect((await open(new URL("/favicon.ico", redirectUri).href)).status).to.equal(404);
      expect((await open(`${redirectUri}/more`)).status).to.equal(404);
      expect((await fetch(redirectUri, { method: "POST" })).status).to.equal(405);
      void open(redirectUri).catch(() => undefined);
      await came;
    }),
  );

  it(
    "does not wait for a browser that has gone",
    withServer(async (server) => {
      const came = server.callback(10_000);
      const gone = new AbortController();
      const shown = fetch(server.redirectUri, { signal: gone.signal }).catch(() => "gone");
      const callback = await came;
      gone.abort();
      expect(await shown).to.equal("gone");
      await callback.answer(200, "Done", "");
    }),
  );

  it(
    "gives up in time and frees its port",
    withServer(async (server) => {
      const { redirectUri } = server;
      const error = await server.callback(5).catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.matches(/within 0.005 seconds/)
        .and.includes(redirectUri);
      await server.close();
      expect(await open(redirectUri).catch(() => "closed")).to.equal("closed");
    }),
  );

  it("names a port that is in use, and the way out", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const error = await CallbackServer.listen(port).catch((reason: unknown) => reason);
    other.close();
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property("message")
      .that.includes(`Port ${port}`)
      .and.includes("--port");
  });
});
