import { expect } from "chai";
import { hideSecrets, secretsIn } from "../../../../handlers/extract/spotify/secretsOfRequest";

const basic = Buffer.from("id:se/cret").toString("base64");

describe("secrets of a request", () => {
  it("are the credentials of its header, the client secret in them, and the fields of its form", () => {
    expect(
      secretsIn(`Basic ${basic}`, { grant_type: "refresh_token", refresh_token: "r+t" }),
    ).to.have.members([...[basic, encodeURIComponent(basic)], ...["se/cret", "se%2Fcret", "r+t", "r%2Bt"]]);
    expect(secretsIn("Bearer token")).to.have.members(["token", "token"]);
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
});
