import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { glueResources } from "../../cloud/localState";
import { manifestOf } from "../../cloud/lake/manifest";
import type { RoleGrant } from "../../cloud/iam/access";
import { makeFolder } from "../support/folders";
import { fullRun, land, type FullRun } from "../support/fullRun";
import { nameOf, policyOf, unneeded } from "../support/grants";
import { planted, secretsIn } from "../support/plantedSecrets";
import { track } from "../support/rawObjects";

describe("everything that a stack ever does", function () {
  this.timeout(240_000);
  let run: FullRun;
  let grants: RoleGrant[];
  before(async () => {
    run = await fullRun(makeFolder(), planted);
    grants = run.cloud.access.grants;
  });
  after(() => run.cloud.stop());

  it("fails only where it was made to, and all of that ends in the queues", () => {
    const failed = run.cloud.failures.map(({ functionName, error }) => [
      functionName.split("-")[0],
      error.errorType,
    ]);
    expect(failed).to.deep.equal([
      ["extract", "sign_in_refused"],
      ["extract", "request_rejected"],
      ["transform", "bad_raw_object"],
      ["health", "state_unknown"],
    ]);
    expect(run.cloud.crawls.map(({ crawler, error }) => [crawler, error])).to.deep.equal([
      ["lake", undefined],
      ["raw", undefined],
      ["raw", undefined],
    ]);
  });

  it("uses every permission that a role has", () => {
    const unused = grants.filter(({ firstUse }) => !firstUse);
    expect(unused.map(nameOf)).to.deep.equal([]);
  });

  it("would be refused without any one of the permissions", () => {
    expect(grants).to.have.length.above(60);
    expect(unneeded(grants).map(nameOf)).to.deep.equal([]);
  });

  describe("after a permission was taken away", () => {
    let reads = 100;
    const work: Record<string, () => Promise<unknown>> = {
      extract: async () => run.cloud.send("extract", { id: `event-${(reads += 1)}`, full: true }),
      transform: () => land(run.cloud, (reads += 1), [track("t1")]),
      health: async () => run.cloud.send("health", {}),
    };
    const given = (role: string) => grants.filter((grant) => grant.role === role);

    for (const [role, action] of [
      ["extract", "ssm:GetParameters"],
      ["extract", "s3:GetObject"],
      ["extract", "s3:PutObject"],
      ["transform", "s3:ListBucket"],
      ["transform", "s3:GetObject"],
      ["transform", "s3:PutObject"],
      ["transform", "glue:GetPartition"],
      ["health", "s3:GetObject"],
    ] as const)
      it(`${role} fails without ${action}, and says so`, async () => {
        const { access, failures } = run.cloud;
        const before = failures.length;
        access.putRolePolicy(role, policyOf(given(role).filter((grant) => grant.action !== action)));
        try {
          await work[role]!();
          await run.cloud.settle();
        } finally {
          access.putRolePolicy(role, policyOf(given(role)));
        }
        const failure = failures[before]!;
        expect(failure.functionName).to.match(new RegExp(`^${role}-`));
        expect(failure.error.errorMessage).to.match(
          new RegExp(`is not authorized to perform: ${action} on|S3 refused HeadObject of .* \\(403 `),
        );
      });
  });

  for (const [crawler, action] of [
    ["lake", "glue:GetTable"],
    ["lake", "s3:ListBucket"],
    ["raw", "s3:GetObject"],
  ] as const)
    it(`does not crawl ${crawler} without ${action}, and says so`, async () => {
      const { access, crawls } = run.cloud;
      const role = `${crawler}-crawler`;
      const given = grants.filter((grant) => grant.role === role);
      access.putRolePolicy(role, policyOf(given.filter((grant) => grant.action !== action)));
      run.cloud.crawl(crawler);
      await run.cloud.settle();
      access.putRolePolicy(role, policyOf(given));
      expect(crawls.at(-1)!.error).to.include(`is not authorized to perform: ${action} on`);
    });

  describe("leaves no secret", () => {
    const textOf = (file: string) => {
      const bytes = fs.readFileSync(file);
      return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
    };
    const filesIn = (dir: string) =>
      fs
        .readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));

    it("in raw, lake, state, catalog, queues, archives and whatever else lies in the folder", () => {
      const files = filesIn(run.dir);
      for (const part of [
        "s3/raw-",
        "s3/lake-",
        "state/extract.json",
        "glue/",
        "crawled/",
        "queues/",
        "functions/",
      ])
        expect(
          files.some((file) => file.includes(part)),
          part,
        ).to.equal(true);
      for (const file of files) expect(secretsIn(textOf(file)), file).to.deep.equal([]);
    });

    it("in what the functions print", () => {
      const all = run.lines.join("\n");
      for (const part of ["listener served", "reading stopped", "not transformed"])
        expect(all).to.include(part);
      expect(secretsIn(all)).to.deep.equal([]);
    });

    it("in what the stack gives away, or a local folder remembers", () => {
      const { outputs, resources, functions } = run.program;
      const plain = resources.map(({ inputs, outputs: computed, secretInputs }) =>
        Object.entries({ ...inputs, ...computed }).filter(([name]) => !secretInputs.includes(name)),
      );
      const environments = functions.map(({ environment }) => environment);
      const kept = [outputs, plain, environments, glueResources(resources), manifestOf(run.program)];
      expect(secretsIn(JSON.stringify(kept))).to.deep.equal([]);
      // Otherwise the search would find nothing anywhere.
      expect(secretsIn(JSON.stringify(resources))).to.include.members(["client secret", "refresh token"]);
    });

    it("in errors", () => {
      const all = JSON.stringify(run.cloud.failures);
      expect(all).to.include("[hidden]");
      expect(secretsIn(all)).to.deep.equal([]);
    });
  });
});
