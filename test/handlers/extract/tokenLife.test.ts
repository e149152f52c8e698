import { expect } from "chai";
import { tokenDaysLeft } from "../../../handlers/extract/tokenLife";

const at = (time: string) => Date.parse(time);
const signIn = (authorizedAt: string | null) => ({ refreshToken: "r", authorizedAt });

describe("tokenDaysLeft", () => {
  it("counts whole days to six months after the consent", () => {
    const given = signIn("2026-05-24T10:00:00Z");
    expect(tokenDaysLeft(given, at("2026-05-24T10:00:00Z"))).to.equal(184);
    expect(tokenDaysLeft(given, at("2026-11-23T10:00:00Z"))).to.equal(1);
    expect(tokenDaysLeft(given, at("2026-11-23T10:00:01Z"))).to.equal(0);
    expect(tokenDaysLeft(given, at("2026-11-25T10:00:00Z"))).to.equal(-1);
  });

  it("takes six calendar months, whatever their lengths", () => {
    expect(tokenDaysLeft(signIn("2026-08-31T00:00:00Z"), at("2027-03-01T00:00:00Z"))).to.equal(2);
  });

  it("is unknown without a sign-in or its date", () => {
    expect(tokenDaysLeft(undefined, 0)).to.equal(null);
    expect(tokenDaysLeft(signIn(null), 0)).to.equal(null);
  });
});
