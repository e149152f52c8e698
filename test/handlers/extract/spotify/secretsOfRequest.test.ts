import { expect } from "chai";
import { hideSecrets, secretsIn } from "../../../../handlers/extract/spotify/secretsOfRequest";

const basic = Buffer.from("id:client-se/cret").toString("base64");

describe("secrets of a request", () => {
  it("are the credentials of its header, the client secret in them, and the fields of its form", () => {
    expect(
      secretsIn(`Basic ${basic}`, { grant_type: "refresh_token", refresh_token: "refresh+token" }),
    ).to.have.members([
      ...[basic, encodeURIComponent(basic)],
      ...["client-se/cret", "client-se%2Fcret", "refresh+token", "refresh%2Btoken"],
    ]);
    expect(secretsIn("Bearer the-token")).to.have.members(["the-token", "the-token"]);
    expect(secretsIn()).to.deep.equal([]);
  });

  it("are hidden in a text, also if it ends in the midst of one, and nothing else is", () => {
    expect(hideSecrets("said se/cret, se%2Fcret", ["se/cret", "se%2Fcret"])).to.equal(
      "said [hidden], [hidden]",
    );
    for (const [text, shown] of [
      ["authorization: Bearer BQx4k", "authorization: Bearer [hidden]"],
      ["authorization: bearer abcdefghijklmnop", "authorization: bearer [hidden]"],
      ["Basic Y2xpZW50 is wrong", "Basic [hidden] is wrong"],
      [
        "grant_type=refresh_token&refresh_token=AQD3&x=1",
        "grant_type=refresh_token&refresh_token=[hidden]&x=1",
      ],
      ["Only valid bearer authentication supported", "Only valid bearer authentication supported"],
      ["Invalid refresh token", "Invalid refresh token"],
    ] as const)
      expect(hideSecrets(text, [])).to.equal(shown);
  });

  it("leaves texts alone that hold a word as short as no secret is", () => {
    const secrets = secretsIn("Basic aTpz", { refresh_token: "t" });
    expect(hideSecrets("invalid_client", secrets)).to.equal("invalid_client");
  });
});
