import { expect } from "chai";
import { tokenDaysLeft } from "../../../handlers/extract/tokenLife";
import { Accounts, simulatedCredentials } from "../../../simulator/accounts";

const dayMs = 86_400_000;
const at = (time: string) => Date.parse(time);
const signIn = (authorizedAt: string | null) => ({ refreshToken: "r", authorizedAt });

/** The status with which the simulated Spotify answers at `now` to a sign-in that was given at `authorizedAt`, ms UTC. */
function acceptedAt(authorizedAt: number, now: number): number {
  const { clientId, clientSecret, refreshToken } = simulatedCredentials;
  const accounts = new Accounts(simulatedCredentials, { now: () => now }, authorizedAt);
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
  return accounts.token(authorization, form).status;
}

describe("tokenDaysLeft", () => {
  it("counts whole days to six months after the consent", () => {
    const given = signIn("2026-05-24T10:00:00Z");
    expect(tokenDaysLeft(given, at("2026-05-24T10:00:00Z"))).to.equal(184);
    expect(tokenDaysLeft(given, at("2026-11-23T10:00:00Z"))).to.equal(1);
    expect(tokenDaysLeft(given, at("2026-11-23T10:00:01Z"))).to.equal(0);
    expect(tokenDaysLeft(given, at("2026-11-25T10:00:00Z"))).to.equal(-1);
  });

  it("ends on the last day of a month that is too short", () => {
    const given = signIn("2026-08-31T00:00:00Z");
    expect(tokenDaysLeft(given, at("2027-02-27T00:00:00Z"))).to.equal(1);
    expect(tokenDaysLeft(given, at("2027-02-28T00:00:00Z"))).to.equal(0);
    expect(tokenDaysLeft(given, at("2027-03-01T00:00:00Z"))).to.equal(-1);
    expect(tokenDaysLeft(signIn("2027-08-31T00:00:00Z"), at("2028-02-29T00:00:00Z"))).to.equal(0);
    expect(tokenDaysLeft(signIn("2026-12-31T00:00:00Z"), at("2027-06-30T00:00:00Z"))).to.equal(0);
  });

  it("takes six calendar months from any day on, as the simulated Spotify does", () => {
    const noon = 12 * 3_600_000;
    for (let from = at("2026-01-01") + noon; from < at("2033-01-01"); from += dayMs) {
      const end = from + tokenDaysLeft(signIn(new Date(from).toISOString()), from)! * dayMs;
      const [agreed, ended] = [new Date(from), new Date(end)];
      const months = (date: Date) => date.getUTCFullYear() * 12 + date.getUTCMonth();
      expect(months(ended) - months(agreed), agreed.toISOString()).to.equal(6);
      const isLastDay = new Date(end + dayMs).getUTCDate() === 1;
      const [day, endDay] = [agreed.getUTCDate(), ended.getUTCDate()];
      expect(endDay === day || (isLastDay && endDay < day), agreed.toISOString()).to.equal(true);
      expect(acceptedAt(from, end - 1), agreed.toISOString()).to.equal(200);
      expect(acceptedAt(from, end), agreed.toISOString()).to.equal(400);
    }
  });

  it("is unknown without a sign-in or its date", () => {
    expect(tokenDaysLeft(undefined, 0)).to.equal(null);
    expect(tokenDaysLeft(signIn(null), 0)).to.equal(null);
  });
});
