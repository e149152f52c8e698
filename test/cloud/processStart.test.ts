import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { processStart, startByPs } from "../../cloud/processStart";

describe("the start of a process", () => {
  for (const [how, startOf] of [
    ["as this system tells it", processStart],
    ["as ps tells it", startByPs],
  ] as const)
    it(`${how}, stays the same and differs from that of a later one`, async function () {
      const own = startOf(process.pid);
      // Neither /proc nor ps is everywhere.
      if (own === undefined) this.skip();
      // ps tells whole seconds.
      await sleep(1100);
      const later = spawn("sleep", ["60"]);
      await once(later, "spawn");
      expect(startOf(process.pid)).to.equal(own);
      expect(startOf(later.pid!)).to.be.a("string").and.not.equal(own);
      later.kill("SIGKILL");
      await once(later, "exit");
      expect(startOf(later.pid!)).to.equal(undefined);
    });
});
