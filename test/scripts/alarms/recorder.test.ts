import { expect } from "chai";
import { QueueFiles } from "../../../cloud/aws/queues";
import { metricDimensions, metricNamespace, metricsEntry } from "../../../handlers/shared/metrics";
import { QueueDepths } from "../../../scripts/alarms/queueDepths";
import { Recorder } from "../../../scripts/alarms/recorder";
import { makeFolder } from "../../support/folders";

const measured = { stack: "test", listener: "me" };
const hour = 3_600_000;

function recorderAt(clock: { ms: number }): Recorder {
  return new Recorder({ outputs: { functionNames: { extract: "extract-1" } } }, () => clock.ms);
}

describe("Recorder", () => {
  it("keeps the metrics in a function's log by their own time and dimensions", () => {
    const recorder = recorderAt({ ms: 9 * hour });
    const entry = metricsEntry(5 * hour, measured, { Calls: 7, SignInRefused: 0 });
    recorder.line("extract-1", JSON.stringify({ level: "INFO", ...entry }));
    recorder.line("extract-1", "no JSON");
    for (const [metricName, value] of [
      ["Calls", 7],
      ["SignInRefused", 0],
    ] as const) {
      const id = {
        namespace: metricNamespace,
        metricName,
        dimensions: metricDimensions(metricName, measured),
      };
      expect(recorder.metrics.statistic(id, "Sum", 5 * hour, 5 * hour + 1)).to.equal(value);
    }
    expect(recorder.logs).to.deep.equal([]);
  });

  it("counts invocations and what failed, with extract's simulated time, and keeps warnings and errors", () => {
    const clock = { ms: 0 };
    const recorder = recorderAt(clock);
    recorder.begin();
    recorder.line("extract-1", JSON.stringify({ level: "WARN", listener: "me", message: "slow" }));
    clock.ms = 900;
    recorder.use({ kind: "invocation", functionName: "extract-1", cpuMs: 1, error: "It broke." });
    clock.ms = 1200;
    recorder.use({ kind: "invocation", functionName: "extract-1", cpuMs: 1 });
    const of = (metricName: string, statistic: "Sum" | "Maximum") =>
      recorder.metrics.statistic(
        { namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: "extract-1" } },
        ...([statistic, 0, hour] as const),
      );
    expect([of("Invocations", "Sum"), of("Errors", "Sum"), of("Throttles", "Sum")]).to.deep.equal([2, 1, 0]);
    expect([of("Duration", "Sum"), of("Duration", "Maximum")]).to.deep.equal([1200, 900]);
    expect(recorder.logs.map(({ level, message, why }) => [level, message, why])).to.deep.equal([
      ["WARN", "slow", ""],
      ["ERROR", "", "It broke."],
    ]);
  });

  it("counts each version of an object, and knows the size of those that are there", () => {
    const recorder = recorderAt({ ms: hour });
    const event = { bucket: "lake", key: "a", etag: "", sequencer: "" };
    recorder.use({ kind: "object", event: { ...event, name: "ObjectCreated:Put", size: 5 } });
    recorder.use({ kind: "object", event: { ...event, name: "ObjectCreated:Put", size: 6 } });
    expect([...recorder.sizes]).to.deep.equal([["lake/a", 6]]);
    recorder.countObjects();
    const dimensions = { BucketName: "lake", StorageType: "AllStorageTypes" };
    const id = { namespace: "AWS/S3", metricName: "NumberOfObjects", dimensions };
    expect(recorder.metrics.statistic(id, "Average", 0, 2 * hour)).to.equal(2);
  });
});

describe("QueueDepths", () => {
  it("counts messages every five minutes, up to six hours after the last one was there", () => {
    const clock = { ms: hour };
    const files = new QueueFiles(makeFolder(), { now: () => clock.ms });
    const depths = new QueueDepths(files, ["failed", "never"], () => clock.ms);
    depths.note();
    const { id } = files.send("failed", "{}");
    depths.note();
    clock.ms = 2 * hour;
    files.delete("failed", id);
    depths.note();
    const recorder = recorderAt(clock);
    depths.send(recorder.metrics, 100 * hour);
    const between = (from: number, to: number, QueueName = "failed") =>
      recorder.metrics.statistic(
        {
          ...{ namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible" },
          dimensions: { QueueName },
        },
        ...(["Maximum", from, to] as const),
      );
    expect([between(0, hour), between(hour, 2 * hour), between(2 * hour, 8 * hour)]).to.deep.equal([
      ...[undefined, 1, 0],
    ]);
    expect([between(8 * hour, 100 * hour), between(0, 100 * hour, "never")]).to.deep.equal([
      ...[undefined, undefined],
    ]);
  });
});
