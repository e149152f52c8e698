import { expect } from "chai";
import { deploy } from "../../support/archives";
import { LocalFunction } from "../../../cloud/lambda/function";
import { printLine } from "../../../handlers/shared/log";
import { transformMetrics } from "../../../handlers/shared/metrics";

describe("printLine", () => {
  it("prints metrics as a line that is JSON from its first character, as CloudWatch wants them", async () => {
    const entry = transformMetrics(
      5,
      { stack: "dev", listener: "me" },
      { rows: 3, quarantined: 2, blocked: 1 },
    );
    const lines: string[] = [];
    const local = new LocalFunction(
      deploy(
        `const printLine = ${printLine.toString()};\nexports.handler = async (event) => printLine(event);`,
      ),
      { log: (_, line) => lines.push(line) },
    );
    try {
      await local.invoke(entry);
    } finally {
      await local.stop();
    }
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal([{ level: "INFO", ...entry }]);
    expect(entry).to.include({ Stack: "dev", Listener: "me", Rows: 3, QuarantinedRows: 2, BlockedReads: 1 });
  });
});
