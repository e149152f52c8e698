import { version } from "@pulumi/pulumi/package.json";
import { expect } from "chai";
import { builtVersion } from "../support/pulumi/binary";

describe("the Pulumi CLI that Go builds", () => {
  it("has the version of @pulumi/pulumi", () => expect(builtVersion).to.equal(`v${version}`));
});
