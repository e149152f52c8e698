import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { expect } from "chai";
import fs = require("node:fs");
import promises = require("node:fs/promises");
import { ObjectFiles } from "../../../cloud/s3/objects";
import { register } from "../../support/commandLine";
import { newFolder, rejection, removeFolders } from "./help";

const CHANGING = ["mkdirSync", "openSync", "writeSync", "writeFileSync", "renameSync", "rmSync"] as const;
const CHANGING_LATER = ["mkdir", "rm", "rmdir"] as const;
const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest("hex");

type Call = (...args: unknown[]) => unknown;

/**
 * Runs `work` and stops it for good before its n-th change of the file system, as a kill would: no later line changes a
 * file, in a `catch` or `finally` neither. Resolves to whether it got that far.
 */
async function stoppedAt(n: number, work: () => Promise<unknown>): Promise<boolean> {
  const now = Object.fromEntries(CHANGING.map((name) => [name, fs[name] as Call]));
  const later = Object.fromEntries(CHANGING_LATER.map((name) => [name, promises[name] as Call]));
  let calls = 0;
  const stopped = new Promise<true>((stop) => {
    const unlessStopped =
      (call: Call, end: () => unknown): Call =>
      (...args) => {
        if (++calls < n) return call(...args);
        stop(true);
        return end();
      };
    const killed = () => {
      throw new Error("killed");
    };
    const never = () => new Promise(() => undefined);
    for (const name of CHANGING) Object.assign(fs, { [name]: unlessStopped(now[name]!, killed) });
    for (const name of CHANGING_LATER)
      Object.assign(promises, { [name]: unlessStopped(later[name]!, never) });
  });
  try {
    return await Promise.race([stopped, work().then(() => false)]);
  } finally {
    Object.assign(fs, now);
    Object.assign(promises, later);
  }
}

describe("a process killed while it changes an object", () => {
  after(removeFolders);

  const versions = { old: { body: "old body", v: "1" }, new: { body: "new, longer body", v: "2" } };
  const putVersion = (files: ObjectFiles, { body, v }: { body: string; v: string }) =>
    files.put("raw", "a/key", Buffer.from(body), {
      metadata: { v },
      headers: { "content-type": `text/${v}` },
    });

  /** The object after a restart: undefined, or the version that body, ETag, metadata and listing agree on. */
  async function survivor(root: string): Promise<"old" | "new" | undefined> {
    const files = new ObjectFiles({ root });
    await files.prepare();
    const { objects } = await files.list("raw");
    const opened = await files.get("raw", "a/key");
    expect(objects.map(({ key }) => key)).to.deep.equal(opened ? ["a/key"] : []);
    if (!opened) return undefined;
    const body = await opened.file.readFile();
    await opened.file.close();
    const name = body.toString() === versions.old.body ? "old" : "new";
    expect(body.toString()).to.equal(versions[name].body);
    expect(opened.info).to.deep.include({ md5: md5(body), size: body.length });
    expect(opened.info.metadata).to.deep.equal({ v: versions[name].v });
    expect(opened.info.headers).to.deep.equal({ "content-type": `text/${versions[name].v}` });
    await files.put("raw", "a/key", Buffer.from("after"), { condition: { ifMatch: opened.info.etag } });
    return name;
  }

  /** Which versions are found, over every step at which the kill can come. */
  async function survivors(
    before: ("old" | "new")[],
    work: (files: ObjectFiles) => Promise<unknown>,
  ): Promise<(string | undefined)[]> {
    const found: (string | undefined)[] = [];
    for (let n = 1, stopped = true; stopped; n++) {
      const root = await newFolder();
      const files = new ObjectFiles({ root });
      await files.createBucket("raw");
      for (const version of before) await putVersion(files, versions[version]);
      stopped = await stoppedAt(n, () => work(files));
      found.push(await survivor(root));
    }
    return found;
  }

  /** As {@link survivors}, but each run of equal ones once: it must go from the one to the other and never back. */
  async function survivorsInTurn(...args: Parameters<typeof survivors>): Promise<(string | undefined)[]> {
    const found = await survivors(args[0], args[1]);
    expect(found.length).to.be.greaterThan(3);
    return found.filter((version, i) => i === 0 || version !== found[i - 1]);
  }

  it("leaves no object or the new one, at its first PUT", async () => {
    expect(await survivorsInTurn([], (files) => putVersion(files, versions.new))).to.deep.equal([
      undefined,
      "new",
    ]);
  });

  it("leaves the old or the new object whole, at an overwriting PUT", async () => {
    expect(await survivorsInTurn(["old"], (files) => putVersion(files, versions.new))).to.deep.equal([
      "old",
      "new",
    ]);
    expect(await survivorsInTurn(["new", "old"], (files) => putVersion(files, versions.new))).to.deep.equal([
      "old",
      "new",
    ]);
  });

  it("leaves the old or the new object whole, at a PUT that shortens the sidecar", async () => {
    const sizeOf = (root: string) => {
      const folder = join(root, ".meta", "raw");
      return fs.statSync(join(folder, fs.readdirSync(folder)[0]!)).size;
    };
    const root = await newFolder();
    const files = new ObjectFiles({ root });
    await files.createBucket("raw");
    const before: ("old" | "new")[] = [];
    do {
      before.push(before.length % 2 === 0 ? "new" : "old");
      await putVersion(files, versions[before.at(-1)!]);
    } while (sizeOf(root) < 8192 || before.length % 2 === 1);
    const large = sizeOf(root);
    await putVersion(files, versions.new);
    expect(sizeOf(root)).to.be.lessThan(large / 4);
    expect(await survivorsInTurn(before, (later) => putVersion(later, versions.new))).to.deep.equal([
      "old",
      "new",
    ]);
  });

  it("leaves the object or nothing, at a DELETE", async () => {
    expect(await survivorsInTurn(["old"], (files) => files.delete("raw", "a/key"))).to.deep.equal([
      "old",
      undefined,
    ]);
  });

  it("leaves no folder in the way of a later key", async () => {
    for (let n = 1, stopped = true; stopped; n++) {
      const root = await newFolder();
      const files = new ObjectFiles({ root });
      await files.createBucket("raw");
      stopped = await stoppedAt(n, () => files.put("raw", "a/b/c", Buffer.from("x")));
      const later = new ObjectFiles({ root });
      await later.prepare();
      const put = later.put("raw", "a", Buffer.from("x"));
      if (await later.head("raw", "a/b/c")) expect((await rejection(put)).code).to.equal("InvalidArgument");
      else await put;
    }
  });

  it("leaves whole objects, by SIGKILL in the midst of many writers", async () => {
    const root = await newFolder();
    for (const writes of [40, 97]) {
      const child = spawn(process.execPath, [...register, join(__dirname, "writer.ts"), root], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const closed = new Promise((done) => child.once("close", done));
      let seen = 0;
      for await (const line of createInterface(child.stdout)) {
        expect(line).to.equal("written");
        if (++seen === writes) child.kill("SIGKILL");
      }
      await closed;
      expect(seen).to.be.at.least(writes);

      const files = new ObjectFiles({ root });
      await files.prepare();
      const { objects } = await files.list("raw");
      expect(objects).not.to.be.empty;
      for (const { key, etag, metadata } of objects) {
        const { file } = (await files.get("raw", key))!;
        const body = await file.readFile();
        await file.close();
        expect(etag).to.equal(`"${md5(body)}"`);
        expect(metadata.md5).to.equal(md5(body));
      }
    }
  });
});
