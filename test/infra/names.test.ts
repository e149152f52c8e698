import { expect } from "chai";
import fc from "fast-check";
import { prefixOf } from "../../infra/names";

const project = "spotify-data-pipeline";

/** What databases of a stack are called, as index.ts and generations name them. */
function databasesOf(stack: string): string[] {
  return ["", "_raw", "_g2"].map((suffix) => `${prefixOf(project, stack)}${suffix}`.replace(/-/g, "_"));
}

describe("names of a stack", () => {
  it("are the project and the stack, where that is enough", () => {
    for (const stack of ["dev", "prod", "local", "stage2"])
      expect(prefixOf(project, stack)).to.equal(`${project}-${stack}`);
  });

  it("tell stacks apart whose names differ in case or marks, or end as another's databases do", () => {
    const stacks = [
      "dev",
      "Dev",
      "dev-raw",
      "dev_raw",
      "dev.raw",
      "devraw",
      "dev-g2",
      "dev-1",
      "dev1",
      "raw",
      "g2",
    ];
    const all = stacks.flatMap(databasesOf);
    expect(new Set(all).size).to.equal(all.length);
  });

  it("fit every service, and are those of one stack alone", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,100}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(prefixOf(project, one)).to.match(/^[a-z0-9][a-z0-9-]{0,99}$/);
        fc.pre(one !== other);
        for (const database of databasesOf(one)) expect(databasesOf(other)).not.to.include(database);
      }),
    );
  });
});
