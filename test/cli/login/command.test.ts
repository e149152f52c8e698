import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { serve } from "../../../cloud/http";
import { readEnvFile } from "../../../cli/login/env-file";
import { simulatedCredentials } from "../../../simulator/accounts";
import { runCommand } from "../../../cli/main";
import { bin } from "../../support/commandLine";
import { appEnv, inScene, type Scene } from "./attempt";
import { FakePulumi } from "./fakePulumi";
import { press } from "./listener";
import { expectNoSecrets } from "./secrets";

function envOf({ url, dir }: Pick<Scene, "url" | "dir">, env: NodeJS.ProcessEnv) {
  return { PATH: `${dir}${path.delimiter}${process.env.PATH}`, SPOTIFY_ACCOUNTS_URL: url, ...env };
}

/** Signs in without a terminal; the scene's folder is the project's. */
function start(scene: Pick<Scene, "url" | "dir">, args: string[], env: NodeJS.ProcessEnv) {
  let invited: (address: string | undefined) => void;
  const address = new Promise<string | undefined>((resolve) => (invited = resolve));
  const outcome = { code: 0, stdout: "", stderr: "" };
  const stdout = { write: (text: string) => (outcome.stdout += text) };
  const stderr = {
    write: (text: string) => {
      outcome.stderr += text;
      if (outcome.stderr.includes("Ctrl-C")) invited(addressIn(outcome.stderr));
    },
  };
  const around = { stdout, stderr, env: envOf(scene, env), dir: scene.dir };
  const ended = runCommand(["login", ...args], around).then((code) => {
    invited(undefined);
    return { ...outcome, code };
  });
  return { ended, address };
}

const addressIn = (text: string) => /^http\S+$/m.exec(text)?.[0];

/** Starts a sign-in as a process of its own. */
function spawned(scene: Pick<Scene, "url" | "dir">, args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [bin, "login", ...args], {
    cwd: scene.dir,
    env: envOf(scene, env),
  });
  child.stdin.end();
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const waiting = new Promise<void>((resolve) =>
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes("Ctrl-C")) resolve();
    }),
  );
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  /** The address that is printed; undefined if the command ends without one. */
  const address = Promise.race([waiting, ended]).then(() => addressIn(stderr));
  return { child, ended, address };
}

describe("spotify-lake login", () => {
  it("opens the browser, waits for the listener and prints the outcome as JSON", () =>
    inScene({}, async (scene) => {
      let opened: (address: string) => void;
      const address = new Promise<string>((resolve) => (opened = resolve));
      const desktop = await serve(async (request, response) => {
        response.end();
        opened(new URL(request.url!, "http://desktop").searchParams.get("address")!);
      });
      fs.writeFileSync(
        path.join(scene.dir, "xdg-open"),
        `#!/usr/bin/env node\nfetch("http://${desktop.address}/?address=" + encodeURIComponent(process.argv[2]));\n`,
        { mode: 0o755 },
      );
      try {
        const args = ["--port", "0", "--sources", "profile, playlist:4x", "--json"];
        const { ended } = start(scene, args, { ...appEnv, SPOTIFY_REFRESH_TOKEN: "mine" });
        const shown = await press(await address, "agree");
        const { code, stdout, stderr } = await ended;
        expect(code).to.equal(0);
        expect(shown.text).to.include("Signed in");
        const { authorizedAt, ...login } = JSON.parse(stdout) as Record<string, unknown>;
        expect(login).to.deep.equal({ listener: "me", scopes: ["user-read-private"], stored: ".env.local" });
        expect(stderr)
          .to.include(await address)
          .and.include("comes before .env.local");
        expectNoSecrets(stdout + stderr);
        expect(readEnvFile(path.join(scene.dir, ".env.local"))).to.include({
          SPOTIFY_REFRESH_TOKEN: `${simulatedCredentials.refreshToken}-1`,
          SPOTIFY_AUTHORIZED_AT: authorizedAt,
        });
      } finally {
        await desktop.close();
      }
    }));

  it("stores the sign-in in a stack and says what to do next", () =>
    inScene({}, async (scene) => {
      const pulumi = new FakePulumi(scene.dir);
      const { ended, address } = start(scene, ["--port", "0", "--no-browser", "--stack", "dev"], {
        ...appEnv,
        ...pulumi.env,
      });
      await press((await address)!, "agree");
      const { code, stdout, stderr } = await ended;
      expect(code).to.equal(0);
      expect(stdout).to.equal(
        "Signed in me; stored in the configuration of stack dev. pulumi up --stack dev puts it into service.\n",
      );
      expectNoSecrets(stdout + stderr);
      expect(pulumi.entry("spotifyRefreshToken-me")?.secret).to.equal(true);
    }));

  it("ends cleanly on Ctrl-C, and opens no browser if asked not to", () =>
    inScene({}, async (scene) => {
      fs.writeFileSync(path.join(scene.dir, "xdg-open"), `#!/bin/sh\ntouch opened\n`, { mode: 0o755 });
      const { child, ended, address } = spawned(scene, ["--port", "0", "--no-browser"], appEnv);
      await address;
      child.kill("SIGINT");
      const { code, stdout, stderr } = await ended;
      expect(code).to.equal(130);
      expect(stdout).to.equal("");
      expect(stderr).to.match(/^Sign in at Spotify:\nhttp.*\nWaiting 300 seconds .*\nStopped\.\n$/);
      expect(fs.readdirSync(scene.dir)).to.deep.equal(["xdg-open"]);
    }));

  it("says in one sentence what is wrong, and fails", () =>
    inScene({}, async (scene) => {
      const { code, stdout, stderr } = await start(scene, [], {}).ended;
      expect(code).to.equal(1);
      expect(stdout).to.equal("");
      expect(stderr).to.match(/^SPOTIFY_CLIENT_ID is not set; .*\n$/);
    }));

  it("refuses what is no port, and no time", () =>
    inScene({}, async (scene) => {
      const results = [
        ["--port", "65536"],
        ["--timeout", "0"],
      ].map((args) => start(scene, args, appEnv).ended);
      const [port, timeout] = await Promise.all(results);
      expect(port!.code).to.equal(1);
      expect(port!.stderr).to.match(/'65536' is invalid: it must be a port from 0 to 65535\.\n$/);
      expect(timeout!.code).to.equal(1);
      expect(timeout!.stderr).to.match(/'0' is invalid: it must be a whole number of seconds/);
    }));
});
