import { expect } from "chai";
import { Meter } from "../../../bench/cost/meter";
import { metricsEntry } from "../../../handlers/shared/metrics";
import { stateKey } from "../../../handlers/state/session";
import type { Use } from "../../../cloud/types";

const hourMs = 3_600_000;

const put = (key: string, size: number): Use => ({
  kind: "object",
  event: { name: "ObjectCreated:Put", bucket: "raw", key, size, etag: "", sequencer: "" },
});

describe("the meter of what AWS would bill", () => {
  it("tells requests to S3 apart by their price, and counts Glue's alone of the other services", () => {
    const meter = new Meter();
    for (const operation of ["PutObject", "ListObjectsV2", "GetObject", "HeadObject", "DeleteObject"])
      meter.use({ kind: "s3", operation });
    for (const target of ["AWSGlue.GetPartition", "AmazonSSM.GetParameters"])
      meter.use({ kind: "request", target });
    expect(meter.take()).to.include({ s3Writes: 2, s3Reads: 2, glueRequests: 1 });
  });

  it("tells what stays from what is replaced, and the state of extract from both", () => {
    const meter = new Meter();
    for (const use of [put("a", 100), put("a", 130), put("b", 5), put(stateKey, 70), put(stateKey, 80)])
      meter.use(use);
    expect(meter.take()).to.include({ files: 2, keptBytes: 135, replacedBytes: 100, stateWrites: 2 });
    expect(meter.stateBytes).to.equal(80);
    meter.use(put("a", 30));
    expect(meter.take(), "over what was there before").to.include({
      ...{ files: 0, keptBytes: -100, replacedBytes: 130 },
    });
  });

  it("counts each metric once an hour", () => {
    const meter = new Meter();
    const line = (ms: number, listener: string) =>
      JSON.stringify(
        metricsEntry(ms, { stack: "s", listener }, { Calls: 1, TokenDaysLeft: 3, QuotaStops: 0 }),
      );
    const printed = [line(0, "a"), line(5, "a"), line(hourMs, "a"), "{}"];
    for (const one of printed) meter.line(one);
    const logBytes = printed.join("\n").length + 1;
    expect(meter.take()).to.include({ metricHours: 4, logBytes });
    meter.line(line(hourMs, "b"));
    expect(meter.take().metricHours, "the stack's are known already").to.equal(1);
  });

  it("counts runs with their CPU time, and calls of Spotify", () => {
    const meter = new Meter();
    meter.use({ kind: "invocation", functionName: "extract", cpuMs: 1500 });
    meter.call();
    expect(meter.take()).to.include({ invocations: 1, cpuSeconds: 1.5, spotifyCalls: 1 });
    expect(meter.take().invocations).to.equal(0);
  });
});
