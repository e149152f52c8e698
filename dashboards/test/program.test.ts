import { expect } from "chai";
import { sourceNames } from "../sources";
import { evaluate, settings, type Evaluated } from "./support/program";

interface Permission {
  principal: string;
  actions: string[];
}

describe("dashboards", function () {
  this.timeout(120_000);
  let spice: Evaluated;
  before(async () => {
    spice = await evaluate();
  });
  const of = (kind: string, { resources } = spice) =>
    resources.filter(({ type }) => type === `aws-native:quicksight:${kind}`);

  it("makes a data source in a workgroup and with a role of its own", () => {
    const [source, ...others] = of("DataSource");
    expect(others).to.be.empty;
    expect(source!.inputs.dataSourceParameters).to.deep.equal({
      athenaParameters: {
        workGroup: "spotify-dashboards-test",
        roleArn: "arn:aws:iam::123456789012:role/quicksight",
      },
    });
    const group = spice.resources.find(({ type }) => type === "aws-native:athena:WorkGroup")!;
    expect(group.inputs.workGroupConfiguration).to.deep.include({
      enforceWorkGroupConfiguration: true,
      resultConfiguration: {
        outputLocation: "s3://results-1/quicksight/",
        encryptionConfiguration: { encryptionOption: "SSE_S3" },
      },
    });
  });

  it("lets the role read the lake, and write nowhere but below the workgroup's results", () => {
    const role = spice.resources.find(({ type }) => type === "aws-native:iam:Role")!;
    const [{ policyDocument }] = role.inputs.policies as [
      { policyDocument: { Statement: { Action: string[]; Resource: string[] }[] } },
    ];
    const grants = policyDocument.Statement.flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
    );
    expect(grants.filter((grant) => grant.endsWith(" *"))).to.deep.equal([
      "athena:ListDataCatalogs *",
      "athena:ListWorkGroups *",
    ]);
    expect(grants.filter((grant) => /Put|Delete|Create|Update/.test(grant))).to.deep.equal([
      "s3:PutObject arn:aws:s3:::results-1/quicksight/*",
    ]);
    expect(grants).to.include.members([
      "s3:GetObject arn:aws:s3:::lake-1/sealed/*",
      "glue:GetTable arn:aws:glue:eu-west-1:123456789012:table/lake_db/*",
      "athena:StartQueryExecution arn:aws:athena:eu-west-1:123456789012:workgroup/spotify-dashboards-test",
    ]);
  });

  it("encrypts results with the pipeline's key, and lets the role use it", async () => {
    const kmsKeyArn = `arn:aws:kms:eu-west-1:123456789012:key/${"0".repeat(36)}`;
    const { resources } = await evaluate(settings, { kmsKeyArn });
    const text = (type: string) => JSON.stringify(resources.find((one) => one.type === type)!.inputs);
    expect(text("aws-native:athena:WorkGroup")).to.include(
      `{"encryptionOption":"SSE_KMS","kmsKey":"${kmsKeyArn}"}`,
    );
    expect(text("aws-native:iam:Role")).to.match(
      new RegExp(`"Action":\\["kms:Decrypt","kms:GenerateDataKey"\\],[^{}]*"Resource":\\["${kmsKeyArn}"\\]`),
    );
  });

  it("imports every data set into SPICE once a day, and with importMode direct none", async () => {
    expect(of("DataSet").map(({ name }) => name)).to.have.members(sourceNames);
    expect(of("DataSet").map(({ inputs }) => inputs.importMode)).to.deep.equal(
      sourceNames.map(() => "SPICE"),
    );
    expect(of("RefreshSchedule").map(({ inputs }) => inputs.dataSetId)).to.have.members(
      of("DataSet").map(({ inputs }) => inputs.dataSetId),
    );
    for (const { inputs } of of("RefreshSchedule"))
      expect(inputs.schedule).to.deep.equal({
        scheduleId: "daily",
        refreshType: "FULL_REFRESH",
        scheduleFrequency: { interval: "DAILY", timeOfTheDay: "06:00", timeZone: "UTC" },
      });
    const direct = await evaluate({ ...settings, importMode: "direct" });
    expect(of("DataSet", direct).map(({ inputs }) => inputs.importMode)).to.deep.equal(
      sourceNames.map(() => "DIRECT_QUERY"),
    );
    expect(of("RefreshSchedule", direct)).to.be.empty;
  });

  it("makes one dashboard of three sheets, validated strictly", () => {
    const [dashboard, ...others] = of("Dashboard");
    expect(others).to.be.empty;
    expect(dashboard!.inputs.validationStrategy).to.deep.equal({ mode: "STRICT" });
    const { sheets } = dashboard!.inputs.definition as { sheets: { name: string }[] };
    expect(sheets.map(({ name }) => name)).to.deep.equal(["Listening", "Library", "Operation"]);
    expect(JSON.stringify(sheets)).to.include('"staticConfiguration":{"value":600}');
    expect(spice.outputs.dashboardUrl).to.equal(
      "https://eu-west-1.quicksight.aws.amazon.com/sn/dashboards/spotify-dashboards-test",
    );
  });

  it("lets owners change everything, and viewers look at the dashboard alone", async () => {
    const [ann, bob] = ["ann", "bob"].map(
      (user) => `arn:aws:quicksight:eu-west-1:123456789012:user/default/${user}`,
    );
    const shared = await evaluate({ ...settings, viewers: JSON.stringify([bob, ann]) });
    const who = (kind: string) =>
      of(kind, shared).map(({ inputs }) =>
        (inputs.permissions as Permission[]).map(({ principal, actions }) => [principal, actions.length]),
      );
    expect(who("DataSource")).to.deep.equal([[[ann, 6]]]);
    expect(who("DataSet")).to.deep.equal(sourceNames.map(() => [[ann, 18]]));
    expect(who("Dashboard")).to.deep.equal([
      [
        [ann, 8],
        [bob, 3],
      ],
    ]);
  });

  it("refuses wrong settings all at once, before anything is made", async () => {
    const wrong = { pipeline: "prod", viewers: '["ann"]', importMode: "cached", refreshAt: "6am" };
    const refusal = await evaluate(wrong).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(refusal.split("\n").map((line) => line.slice(0, line.indexOf(";")))).to.deep.equal([
      'pipeline is "prod"',
      "owners is empty",
      "ann is no ARN of a QuickSight user or group",
      'importMode is "cached"',
      'refreshAt is "6am"',
    ]);
  });
});
