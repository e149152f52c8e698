import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { completeApp, terminalAsk } from "../../../cli/login/ask";

/** A terminal on which somebody types; `shown` is what it shows. */
function terminal({ isTTY = true } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  let shown = "";
  output.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  return {
    ask: terminalAsk(input as unknown as ReadStream, output as unknown as WriteStream),
    type: (text: string) => input.write(text),
    shown: () => shown,
  };
}

describe("asking on a terminal", () => {
  it("shows what is typed", async () => {
    const { ask, type, shown } = terminal();
    const answer = ask!("Client id");
    type(" abc \r");
    expect(await answer).to.equal("abc");
    expect(shown()).to.include("Client id: ").and.include("abc");
  });

  it("hides a secret", async () => {
    const { ask, type, shown } = terminal();
    const answer = ask!("Client secret", true);
    type("s3cret\r");
    expect(await answer).to.equal("s3cret");
    expect(shown()).to.equal("Client secret: \n");
  });

  it("asks again and again", async () => {
    const { ask, type } = terminal();
    const first = ask!("One");
    type("1\r");
    expect(await first).to.equal("1");
    const second = ask!("Two", true);
    type("2\r");
    expect(await second).to.equal("2");
  });

  for (const [name, key] of [
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ] as const)
    it(`takes ${name} as no answer`, async () => {
      const { ask, type } = terminal();
      const answer = ask!("Client id", true);
      type(key);
      expect(await answer).to.equal("");
    });

  it("is not possible in a pipe", () => {
    expect(terminal({ isTTY: false }).ask).to.equal(undefined);
  });
});

describe("the app's credentials", () => {
  it("are asked for only where they are not known, the secret hidden", async () => {
    const asked: [string, boolean | undefined][] = [];
    const ask = (question: string, hidden?: boolean) => {
      asked.push([question, hidden]);
      return Promise.resolve("typed");
    };
    expect(await completeApp({ clientId: "id", clientSecret: "secret" }, ask)).to.deep.equal({
      clientId: "id",
      clientSecret: "secret",
    });
    expect(asked).to.deep.equal([]);
    expect(await completeApp({}, ask)).to.deep.equal({ clientId: "typed", clientSecret: "typed" });
    expect(asked).to.deep.equal([
      ["Client id of your Spotify app", false],
      ["Client secret of your Spotify app", true],
    ]);
  });

  it("have to be set where nobody can be asked", async () => {
    const error = await completeApp({ clientId: "id" }, undefined).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property("message")
      .that.matches(/^SPOTIFY_CLIENT_SECRET is not set/);
  });

  it("have to be given", async () => {
    const error = await completeApp({}, () => Promise.resolve("")).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property("message", "Without the client id nobody can sign in.");
  });
});
