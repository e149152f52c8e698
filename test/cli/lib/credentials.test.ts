import { expect } from "chai";
import { credentialsFrom } from "../../../cli/lib/credentials";

const app = { SPOTIFY_CLIENT_ID: "id", SPOTIFY_CLIENT_SECRET: "secret" };

describe("credentialsFrom", () => {
  it("is nothing where nothing is set, or only empty", () => {
    expect(credentialsFrom({})).to.equal(undefined);
    expect(credentialsFrom({ SPOTIFY_CLIENT_ID: "", SPOTIFY_REFRESH_TOKEN: "" })).to.equal(undefined);
  });

  it("takes the date of the sign-in along, but not without one", () => {
    const at = "2026-05-01T10:00:00Z";
    expect(credentialsFrom({ ...app, SPOTIFY_REFRESH_TOKEN: "r", SPOTIFY_AUTHORIZED_AT: at })).to.deep.equal({
      ...{ clientId: "id", clientSecret: "secret", refreshToken: "r" },
      authorizedAt: at,
    });
    expect(credentialsFrom({ ...app, SPOTIFY_AUTHORIZED_AT: at })).to.deep.equal({
      ...{ clientId: "id", clientSecret: "secret", refreshToken: "" },
    });
  });

  it("refuses half an app and a date that is none", () => {
    expect(() => credentialsFrom({ SPOTIFY_CLIENT_SECRET: "s" })).to.throw(/^SPOTIFY_CLIENT_ID is not set/);
    expect(() => credentialsFrom({ ...app, SPOTIFY_AUTHORIZED_AT: "soon" })).to.throw(
      /^SPOTIFY_AUTHORIZED_AT is no time such as/,
    );
  });
});
