import { expect } from "chai";
import fc from "fast-check";
import { dashboardBody, gridWidth, type DashboardParts, type PlacedWidget } from "../../infra/dashboardBody";

const named = (name: string) => ({ name, logGroup: `/logs/${name}`, queue: `${name}-failures` });

function parts(listeners: string[]): DashboardParts {
  return {
    region: "eu-west-1",
    stack: "test",
    listeners,
    functions: { extract: named("extract"), transform: named("transform"), health: named("health") },
    rawBucket: "raw",
    lakeBucket: "lake",
    workgroup: "analysts",
    callBudget: 600,
    maxDataAgeHours: 36,
    alarmArns: ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:one"],
  };
}

const cellsOf = ({ x, y, width, height }: PlacedWidget) =>
  Array.from({ length: width * height }, (_, at) => `${x + (at % width)},${y + Math.floor(at / width)}`);

describe("dashboardBody", () => {
  const { widgets, ...head } = dashboardBody(parts(["me"]));

  it("fills the grid row by row, without overlap and without gap", () => {
    const cells = widgets.flatMap(cellsOf);
    expect(new Set(cells).size).to.equal(cells.length);
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
    expect(cells).to.have.length(bottom * gridWidth);
    for (const { x, width } of widgets) expect(x + width).to.be.at.most(gridWidth);
  });

  it("has what each kind of widget needs", () => {
    expect(head).to.deep.equal({ start: "-P28D", periodOverride: "inherit" });
    const needs = {
      metric: ["title", "region", "metrics", "period", "stat", "view"],
      text: ["markdown"],
      log: ["title", "region", "query", "view"],
      alarm: ["title", "alarms"],
    };
    for (const { type, properties } of widgets) expect(properties).to.include.all.keys(needs[type]);
  });

  it("follows the data flow", () => {
    const titles = widgets.map(({ properties }) => String(properties.title));
    const at = (start: string) => titles.findIndex((title) => title.startsWith(start));
    const way = ["extract", "raw", "transform", "lake", "queries", "Failed events", "Last"].map(at);
    expect(way).to.deep.equal([...way].sort((a, b) => a - b));
    expect(way).not.to.include(-1);
  });

  it("draws the budget, the age that is too old and when to sign in again as lines", () => {
    const lines = widgets.flatMap(
      ({ properties }) =>
        (properties.annotations as { horizontal: { value: number }[] } | undefined)?.horizontal ?? [],
    );
    expect(lines.map(({ value }) => value)).to.have.members([600, 36, 21]);
  });

  it("starts every axis at 0 and names every line", () => {
    for (const { type, properties } of widgets) {
      if (type !== "metric") continue;
      expect(properties.yAxis).to.deep.equal({ left: { min: 0 } });
      for (const metric of properties.metrics as unknown[][])
        expect(metric.at(-1), String(properties.title)).to.have.property("label").that.is.a("string");
    }
  });

  it("has a line for every listener in each metric that is counted by listener", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9_]{1,8}$/), { minLength: 1 }), (listeners) => {
        const metrics = dashboardBody(parts(listeners)).widgets.flatMap(
          ({ properties }) => (properties.metrics ?? []) as unknown[][],
        );
        const linesOf = (name: string) => metrics.filter((metric) => metric[1] === name);
        expect(linesOf("QuarantinedRows").map((metric) => metric[5])).to.deep.equal(listeners);
        expect(linesOf("Rows"), "one for the stack").to.have.length(1);
      }),
      { numRuns: 20 },
    );
  });
});
