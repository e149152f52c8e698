import { expect } from "chai";
import { makeFolder } from "../../test/support/folders";
import { cfnLint, findCfnLint, type Finding } from "./support/cfnLint";
import { evaluate } from "./support/program";
import { templateOf, type Template } from "./support/template";

/** What is right, what it becomes, and what cfn-lint then says. */
const mistakes: [right: string, wrong: string, message: string][] = [
  ['"Type":"DATETIME"', '"Type":"DATE"', "'DATE' is not one of"],
  ['"Interval":"DAILY"', '"Interval":"EVERY_DAY"', "'EVERY_DAY' is not one of"],
  ['"SimpleNumericalAggregation":"SUM"', '"SimpleNumericalAggregation":"TOTAL"', "'TOTAL' is not one of"],
  ['"CategorySort"', '"CategoriesSort"', "'CategoriesSort' was unexpected"],
  ['"ColumnSpan":36', '"ColumnSpan":37', "37 is greater than the maximum of 36"],
  ['"Mode":"STRICT"', '"Mode":"strict"', "'strict' is not one of"],
  ['"SourceParameterName"', '"ParameterName"', "'SourceParameterName' is a required property"],
];

/** The provider sends each resource to CloudFormation's own handlers, which check it by these schemas. */
describe("dashboards, by the schemas of CloudFormation", function () {
  this.timeout(300_000);
  let template: Template;
  let found: Finding[];
  let foundInSpoilt: Finding[];
  before(async function () {
    const command = findCfnLint();
    if (command === undefined) {
      console.log("      Skipped: cfn-lint is not there, and without Python 3 it cannot be installed.");
      this.skip();
    }
    template = templateOf((await evaluate()).resources);
    const spoilt = mistakes.reduce((text, [right, wrong]) => {
      expect(text).to.include(right);
      return text.replace(right, wrong);
    }, JSON.stringify(template));
    [found, foundInSpoilt] = cfnLint(command, [template, JSON.parse(spoilt) as Template], makeFolder()) as [
      Finding[],
      Finding[],
    ];
  });

  it("has no mistake", () => {
    expect(Object.keys(template.Resources)).to.have.length.above(30);
    expect(found).to.deep.equal([]);
  });

  for (const [right, wrong, message] of mistakes)
    it(`is caught if ${right} is ${wrong}`, () => {
      expect(
        foundInSpoilt.map((finding) => finding.message).filter((text) => text.includes(message)),
      ).to.have.length(1);
    });
});
