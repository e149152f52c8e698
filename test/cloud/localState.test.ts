import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { UserError } from "../../cloud/errors";
import { holdFolder } from "../../cloud/localState";
import { processStart } from "../../cloud/processStart";

describe("a folder that a process holds", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "hold-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));
  const lock = () => path.join(dir, "cloud.lock");
  const used = async () => "used";
  const held = () => holdFolder(dir, used).catch((error: unknown) => error);

  it("names the process and its start while it is used, and nobody after that", async () => {
    const text = await holdFolder(dir, async () => fs.readFileSync(lock(), "utf8"));
    expect(text).to.equal([process.pid, processStart(process.pid)].join(" ").trim());
    expect(fs.existsSync(lock())).to.equal(false);
  });

  it("is refused to others while that process runs", async () => {
    const start = processStart(process.ppid);
    // Without a start, as older versions wrote it.
    for (const text of [`${process.ppid}`, `${process.ppid}\n`, `${process.ppid} ${start ?? ""}`.trim()]) {
      fs.writeFileSync(lock(), text);
      expect(await held(), text)
        .to.be.instanceOf(UserError)
        .with.property("message")
        .that.matches(new RegExp(`^Another run \\(process ${process.ppid}\\) is using`));
      expect(fs.readFileSync(lock(), "utf8")).to.equal(text);
    }
  });

  it("is free if that process has ended, even if another one has its id now", async function () {
    const gone = ["", "no id", "0", "999999999 1", `${process.pid} 1`];
    if (processStart(process.ppid) !== undefined) gone.push(`${process.ppid} 1`);
    for (const text of gone) {
      fs.writeFileSync(lock(), text);
      expect(await held(), text).to.equal("used");
    }
  });
});
