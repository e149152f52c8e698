import { expect } from "chai";
import { interleaved, medianOf, quantileOf, spreadOf, spreadText } from "../../../bench/lib/spread";

describe("spreads of measurements", () => {
  it("have the median, the least and the greatest, and leave the numbers as they are", () => {
    const numbers = [10, 2, 4, 3];
    expect(spreadOf(numbers)).to.deep.equal({ median: 3.5, min: 2, max: 10 });
    expect(numbers).to.deep.equal([10, 2, 4, 3]);
    expect(medianOf([])).to.equal(0);
  });

  it("are one number in a text if there is one measurement", () => {
    expect(spreadText(spreadOf([1.234]))).to.equal("1.23");
    expect(spreadText(spreadOf([1, 2, 4]), 1)).to.equal("2.0 (1.0–4.0)");
  });

  it("give the number that a share of them does not exceed", () => {
    const numbers = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([0, 0.5, 0.99, 1].map((share) => quantileOf(numbers, share))).to.deep.equal([1, 100, 198, 200]);
    expect(quantileOf([], 0.5)).to.equal(0);
  });

  it("come of contenders that take turns", async () => {
    const order: string[] = [];
    const measure = (name: string) => async () => order.push(name);
    const measured = await interleaved(2, { one: measure("one"), other: measure("other") });
    expect(order).to.deep.equal(["one", "other", "one", "other"]);
    expect(measured).to.deep.equal({ one: [1, 3], other: [2, 4] });
  });
});
