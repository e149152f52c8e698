import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import type { AppSecret } from "../../handlers/extract/secrets";
import { UserError } from "../../cloud/errors";

/** Asks a person for a line; `hidden`: what is typed is not shown. */
export type Ask = (question: string, hidden?: boolean) => Promise<string>;

/** Asks on the terminal; undefined if there is none. Questions go to stderr, since stdout is for results. */
export function terminalAsk(
  input: ReadStream = process.stdin,
  output: WriteStream = process.stderr,
): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question, hidden = false) => {
    output.write(`${question}: `);
    const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output;
    const lines = createInterface({ input, output: echo, terminal: true });
    const answer = await new Promise<string>((resolve) => {
      lines.once("line", resolve);
      // Ctrl-C and Ctrl-D end the question without an answer.
      lines.once("close", () => resolve(""));
    });
    lines.close();
    if (hidden || answer === "") output.write("\n");
    return answer.trim();
  };
}

/** Completes the app by asking for what is unknown. Throws a `UserError` if anything stays unknown. */
export async function completeApp(known: Partial<AppSecret>, ask: Ask | undefined): Promise<AppSecret> {
  const part = async (value: string | undefined, variable: string, name: string, hidden: boolean) => {
    if (value) return value;
    if (!ask)
      throw new UserError(
        `${variable} is not set; put SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET into the environment or .env.local, or run this on a terminal to be asked.`,
      );
    const answer = await ask(`${name} of your Spotify app`, hidden);
    if (!answer) throw new UserError(`Without the ${name.toLowerCase()} nobody can sign in.`);
    return answer;
  };
  return {
    clientId: await part(known.clientId, "SPOTIFY_CLIENT_ID", "Client id", false),
    clientSecret: await part(known.clientSecret, "SPOTIFY_CLIENT_SECRET", "Client secret", true),
  };
}
