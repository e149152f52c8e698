import { expect } from "chai";
import { awsSentence } from "../../../cli/lib/awsFailure";
import { run } from "../../support/commandLine";
import { deployedStack } from "../../support/deployedStack";
import { makeFolder } from "../../support/folders";

/** The commands that ask AWS about a stack; seal asks as replay does, but tries for as long as AWS may throttle. */
const asking = [
  ["verify"],
  ["replay"],
  ["forget", "--listener", "me", "--yes"],
  ["extract"],
  ["reread", "--container", "x"],
  ["crawl"],
  ["redrive"],
  ["redrive", "--dry-run"],
  ["redrive", "--drop", "x"],
  ["cost"],
  ["query", "runs", "--aws"],
];

describe("a stack's command without a network", () => {
  let bin: string;
  before(() => {
    bin = makeFolder();
    const each = { extract: "extract-1", transform: "transform-1", health: "health-1" };
    const queue = "http://127.0.0.1:9/failures";
    deployedStack(bin, {
      ...{
        rawBucketName: "raw-1",
        lakeBucketName: "lake-1",
        workgroupName: "w",
        databaseNames: { lake: "l" },
      },
      ...{ functionNames: each, crawlerNames: { lake: "lake-1", raw: "raw-1" } },
      failureQueueUrls: { extract: queue, transform: queue, health: queue },
    });
  });

  for (const [command, ...args] of asking)
    it(`${[command, ...args].join(" ")} says so in a sentence, and what to do`, async () => {
      const { code, stderr } = await run(command!, [...args, "--stack", "dev"], {
        PATH: `${bin}:${process.env.PATH}`,
        // Nobody listens at this port.
        AWS_ENDPOINT_URL: "http://127.0.0.1:9",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_MAX_ATTEMPTS: "1",
      });
      expect(code).to.equal(1);
      expect(stderr)
        .to.match(/check the network and the stack's region, and give the command again\.\n$/)
        .and.not.include("not expected")
        .and.not.include("    at ");
    });
});

describe("what AWS answers", () => {
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  it("is told in a sentence if credentials are missing, old or wrong, or a right is missing", () => {
    expect(awsSentence(named("CredentialsProviderError", "none found"))).to.include("(none found); sign in");
    expect(awsSentence(named("ExpiredToken", "x"))).to.include("have expired; sign in again");
    expect(awsSentence(named("InvalidAccessKeyId", "x"))).to.include("check AWS_PROFILE");
    const denied = "S3 refused HeadObject of k in bucket b (403 AccessDenied): Access Denied";
    expect(awsSentence(named("AccessDenied", denied))).to.equal(denied);
  });

  it("is found behind other errors, and among several", () => {
    const none = Object.assign(new Error("getaddrinfo ENOTFOUND x"), { code: "ENOTFOUND" });
    expect(awsSentence(new Error("It failed.", { cause: none }))).to.equal(
      "It failed; check the network and the stack's region, and give the command again.",
    );
    expect(awsSentence(new AggregateError([none], ""))).to.include("ENOTFOUND; check the network");
  });

  it("is nothing else's sentence", () => {
    expect(awsSentence(new TypeError("x is undefined"))).to.equal(undefined);
    expect(awsSentence(Object.assign(new Error("no file"), { code: "ENOENT" }))).to.equal(undefined);
  });
});
