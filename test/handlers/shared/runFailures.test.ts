import { expect } from "chai";
import { failure } from "../../../handlers/shared/errors";
import { consequenceOf, hasCode, runFailure } from "../../../handlers/shared/runFailures";

describe("what a failure means for a run", () => {
  const examples = {
    timeout: "transient",
    request_rejected: "container",
    changed_while_read: "changed",
    not_owned: "refused",
    missing_scope: "no_scope",
    quota_exceeded: "pause",
    invalid_grant: "operator",
    fenced: "abort",
    sign_in_refused: "fatal",
  } as const;
  for (const [code, consequence] of Object.entries(examples))
    it(`${code}: ${consequence}`, () => {
      const error = runFailure(code as keyof typeof examples, "A sentence.");
      expect(error).to.include({ code, name: code, message: "A sentence." });
      expect(consequenceOf(error)).to.equal(consequence);
    });

  it("is fatal for what has another code, or none", () => {
    for (const error of [failure("toString", ""), failure("ECONNRESET", ""), new TypeError("x"), undefined])
      expect(consequenceOf(error)).to.equal("fatal");
  });

  it("is recognised by its code", () => {
    const error = runFailure("rate_limited", "A sentence.");
    expect(hasCode(error, "quota_exceeded", "rate_limited")).to.equal(true);
    expect(hasCode(error, "quota_exceeded")).to.equal(false);
    expect(hasCode(undefined, "rate_limited")).to.equal(false);
  });
});
