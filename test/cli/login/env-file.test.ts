import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { UserError } from "../../../cloud/errors";
import { loadEnvFile, readEnvFile, writeEnvFile } from "../../../cli/login/env-file";

describe(".env.local", () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "env-file-"));
  const file = path.join(dir, ".env.local");
  const mode = () => fs.statSync(file).mode & 0o777;

  beforeEach(() => fs.rmSync(file, { force: true }));
  after(() => fs.rmSync(dir, { recursive: true }));

  it("that is not there sets nothing", () => {
    expect(readEnvFile(file)).to.deep.equal({});
  });

  it("is made readable by its owner alone", () => {
    writeEnvFile(file, { SPOTIFY_CLIENT_ID: "id" });
    expect(fs.readFileSync(file, "utf8")).to.equal("SPOTIFY_CLIENT_ID=id\n");
    expect(mode()).to.equal(0o600);
  });

  it("is closed to others if it was open", () => {
    fs.writeFileSync(file, "A=1\n", { mode: 0o644 });
    writeEnvFile(file, { B: "2" });
    expect(mode()).to.equal(0o600);
  });

  it("keeps its other lines", () => {
    fs.writeFileSync(
      file,
      "# mine\nAWS_REGION='eu-west-1' # home\nexport SPOTIFY_CLIENT_ID=old\n\nSPOTIFY_CLIENT_ID=older\nMY_SPOTIFY_CLIENT_ID=3\r\nnonsense",
    );
    writeEnvFile(file, { SPOTIFY_CLIENT_ID: "new", SPOTIFY_REFRESH_TOKEN: "token" });
    expect(fs.readFileSync(file, "utf8")).to.equal(
      "# mine\nAWS_REGION='eu-west-1' # home\nSPOTIFY_CLIENT_ID=new\n\nMY_SPOTIFY_CLIENT_ID=3\r\nnonsense\nSPOTIFY_REFRESH_TOKEN=token\n",
    );
  });

  it("written twice is as written once", () => {
    fs.writeFileSync(file, "A=1\n\n");
    writeEnvFile(file, { B: "2" });
    const once = fs.readFileSync(file, "utf8");
    writeEnvFile(file, { B: "2" });
    expect(fs.readFileSync(file, "utf8")).to.equal(once);
  });

  it("gives back what was written, whatever the values hold", () => {
    const value = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_]{0,5}$/), value), (values) => {
        fs.rmSync(file, { force: true });
        try {
          writeEnvFile(file, values);
        } catch (error) {
          expect(error).to.be.instanceOf(UserError);
          return;
        }
        expect(readEnvFile(file)).to.deep.equal({ ...values });
      }),
    );
  });

  it("refuses a value that it cannot hold, and stays as it was", () => {
    fs.writeFileSync(file, "A=1\n");
    for (const value of ["a\nb", "a\rb", "'\"`", "'`\\n"])
      expect(() => writeEnvFile(file, { B: value })).to.throw(
        UserError,
        "B holds a line break or every kind",
      );
    expect(fs.readFileSync(file, "utf8")).to.equal("A=1\n");
  });

  it("may be a link to a file elsewhere", () => {
    const elsewhere = path.join(dir, "elsewhere");
    fs.writeFileSync(elsewhere, "A=1\n");
    fs.symlinkSync(elsewhere, file);
    writeEnvFile(file, { A: "2" });
    expect(fs.readFileSync(elsewhere, "utf8")).to.equal("A=2\n");
    expect(fs.lstatSync(file).isSymbolicLink()).to.equal(true);
  });

  it("that cannot be read or written is an error that names it", () => {
    fs.mkdirSync(file);
    try {
      expect(() => readEnvFile(file)).to.throw(UserError, `${file} cannot be read`);
    } finally {
      fs.rmdirSync(file);
    }
    const missing = path.join(dir, "none", ".env.local");
    expect(() => writeEnvFile(missing, { A: "1" })).to.throw(UserError, `${missing} cannot be written`);
    expect(fs.readdirSync(dir)).not.to.include(".env.local.new");
  });

  it("adds to the environment what is not set there, not even to nothing", () => {
    fs.writeFileSync(file, "A=file\nB=file\nC=file\n");
    const env: NodeJS.ProcessEnv = { A: "mine", B: "" };
    loadEnvFile(file, env);
    expect(env).to.deep.equal({ A: "mine", B: "", C: "file" });
  });

  it("gives the date of its own token only", () => {
    writeEnvFile(file, { SPOTIFY_REFRESH_TOKEN: "file", SPOTIFY_AUTHORIZED_AT: "2026-11-02T12:00:00.000Z" });
    const none: NodeJS.ProcessEnv = {};
    loadEnvFile(file, none);
    expect(none).to.have.keys("SPOTIFY_REFRESH_TOKEN", "SPOTIFY_AUTHORIZED_AT");
    const other: NodeJS.ProcessEnv = { SPOTIFY_REFRESH_TOKEN: "mine" };
    loadEnvFile(file, other);
    expect(other).to.deep.equal({ SPOTIFY_REFRESH_TOKEN: "mine" });
  });
});
