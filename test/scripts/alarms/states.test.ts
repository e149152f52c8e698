import { expect } from "chai";
import { Metrics } from "../../../scripts/alarms/metrics";
import { stateChanges, stateOf, type Alarm } from "../../../scripts/alarms/states";

const id = { namespace: "Test", metricName: "Count", dimensions: { Stack: "test" } };

function alarm(over: Partial<Alarm> = {}): Alarm {
  return {
    ...{ name: "one", ...id, statistic: "Sum", comparisonOperator: "GreaterThanOrEqualToThreshold" },
    ...{ threshold: 1, period: 3600, evaluationPeriods: 1, datapointsToAlarm: 1 },
    treatMissingData: "notBreaching",
    ...over,
  };
}

/** Data points as AWS's tables write them: X breaches, 0 does not, - is missing; the oldest first. */
function points(line: string): (number | undefined)[] {
  return line.split(" ").map((one) => (one === "-" ? undefined : Number(one === "X")));
}

describe("states of alarms", () => {
  it("follow AWS's examples of three in three periods, and of two", () => {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    const threeOfThree: Record<string, string> = {
      "0 - X - X": "OK",
      "0 - - - -": "OK",
      "- - - - -": "OK",
      "0 X X - X": "ALARM",
      "- - X - -": "OK",
    };
    const twoOfThree: Record<string, string> = {
      "0 - X - X": "ALARM",
      "0 0 X 0 X": "ALARM",
      "0 - X - -": "OK",
      "- - - - 0": "OK",
      "- - - - X": "OK",
    };
    for (const [datapointsToAlarm, lines] of [
      [3, threeOfThree],
      [2, twoOfThree],
    ] as const)
      for (const [line, state] of Object.entries(lines))
        expect(
          stateOf(points(line), alarm({ evaluationPeriods: 3, datapointsToAlarm }), "OK"),
          `${line}, ${datapointsToAlarm} of 3`,
        ).to.equal(state);
  });

  it("stay as they are, or are unknown, only if no data point is there at all", () => {
    const of = (line: string, treatMissingData: Alarm["treatMissingData"]) =>
      stateOf(points(line), alarm({ treatMissingData }), "ALARM");
    expect([of("- - -", "ignore"), of("- - -", "missing"), of("- - -", "notBreaching")]).to.deep.equal([
      ...["ALARM", "INSUFFICIENT_DATA", "OK"],
    ]);
    expect([of("0 - -", "ignore"), of("0 - -", "missing"), of("X 0 -", "missing")]).to.deep.equal([
      ...["OK", "OK", "OK"],
    ]);
    expect(of("0 X -", "missing")).to.equal("ALARM");
    expect(() =>
      stateOf(points("X - -"), alarm({ evaluationPeriods: 2, treatMissingData: "ignore" }), "OK"),
    ).to.throw("only if missing data is notBreaching");
  });

  it("compare as the alarm says", () => {
    const at = (value: number, comparisonOperator: Alarm["comparisonOperator"]) =>
      stateOf([value], alarm({ comparisonOperator, threshold: 21 }), "OK");
    expect([20, 21, 22].map((value) => at(value, "LessThanThreshold"))).to.deep.equal(["ALARM", "OK", "OK"]);
    expect([20, 21, 22].map((value) => at(value, "GreaterThanThreshold"))).to.deep.equal([
      "OK",
      "OK",
      "ALARM",
    ]);
    expect([20, 21].map((value) => at(value, "GreaterThanOrEqualToThreshold"))).to.deep.equal([
      "OK",
      "ALARM",
    ]);
  });

  it("follow a window that slides over the values of a statistic", () => {
    const metrics = new Metrics();
    const hour = 3_600_000;
    // Two in one hour of sixty minutes, but not in one of the clock.
    metrics.put(id, 1.9 * hour, 1);
    metrics.put(id, 2.1 * hour, 1);
    const changes = stateChanges(alarm({ threshold: 2 }), metrics, 0, 3 * hour);
    expect(changes.map(({ state }) => state)).to.deep.equal(["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]);
    expect(changes[2]!.time).to.be.within(2.1 * hour, 2.2 * hour);
  });
});

describe("Metrics", () => {
  it("has the statistics of a period, whatever the order of dimensions and of values", () => {
    const metrics = new Metrics();
    const [one, same] = [
      { A: "1", B: "2" },
      { B: "2", A: "1" },
    ];
    metrics.put({ ...id, dimensions: one }, 20, 5);
    metrics.put({ ...id, dimensions: same }, 10, 1);
    metrics.put({ ...id, dimensions: one }, 30, 9);
    const kept = new Metrics(JSON.parse(JSON.stringify(metrics)) as ReturnType<Metrics["toJSON"]>);
    for (const read of [metrics, kept]) {
      const of = (statistic: Parameters<Metrics["statistic"]>[1]) =>
        read.statistic({ ...id, dimensions: same }, statistic, 10, 30);
      expect([of("Sum"), of("Average"), of("Maximum"), of("Minimum")]).to.deep.equal([6, 3, 5, 1]);
      expect(read.statistic({ ...id, dimensions: one }, "Sum", 31, 40)).to.equal(undefined);
    }
  });
});
