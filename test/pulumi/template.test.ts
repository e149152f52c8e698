import { expect } from "chai";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { PulumiProject } from "../support/pulumi/project";

/** The first line of README's Deploy. */
describe("pulumi new on this repository", function () {
  this.timeout(600_000);
  let project: PulumiProject;

  before(async function () {
    const opened = await PulumiProject.open();
    if (!opened) return this.skip();
    project = opened;
  });
  after(() => project?.close());

  it("makes a project whose stack has the example's settings and can be previewed", async () => {
    const packages = fs.readlinkSync(project.file("node_modules"));
    // As in a clone of the repository.
    fs.rmSync(project.file("node_modules"));
    const made = "../made";
    fs.mkdirSync(project.file(made));
    await project.pulumi(["new", project.dir, "--stack", "dev", "--yes"], { in: made });
    const { config } = parse(project.read(path.join(made, "Pulumi.dev.yaml"))) as { config: object };
    expect(config).to.deep.equal((parse(project.read("Pulumi.dev.yaml")) as { config: object }).config);
    // What it asks for where there is a terminal.
    for (const key of ["spotifyClientId", "spotifyClientSecret"])
      await project.pulumi(["config", "set", "--secret", key, "a-secret"], { in: made });
    fs.symlinkSync(packages, project.file(path.join(made, "node_modules")));
    expect(await project.pulumi(["preview"], { in: made })).to.match(/\+ \d+ to create/);
  });
});
