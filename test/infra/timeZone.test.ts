import { expect } from "chai";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { timeZone } from "../../infra/timeZone";

describe("a time zone", () => {
  let connection: DuckDBConnection;
  before(async () => (connection = await (await DuckDBInstance.create(":memory:")).connect()));
  after(() => connection.closeSync());

  const noon = async (zone: string) => {
    const sql = `select cast(timestamptz '2026-07-01 12:00:00+00' at time zone '${zone}' as varchar)`;
    return (await connection.runAndReadAll(sql)).getRows()[0]![0];
  };
  const areas = /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//;

  it("may be any area and city that DuckDB knows, other names of a zone included", async () => {
    const names = (await connection.runAndReadAll("select name from pg_timezone_names()"))
      .getRows()
      .map(([name]) => String(name))
      .filter((name) => areas.test(name));
    expect(names.length).to.be.greaterThan(450);
    expect(names.filter((name) => timeZone(name) === undefined)).to.deep.equal(["America/Coyhaique"]);
  });

  const local = {
    UTC: "2026-07-01 12:00:00",
    "Europe/Berlin": "2026-07-01 14:00:00",
    "Asia/Kolkata": "2026-07-01 17:30:00",
    "Asia/Calcutta": "2026-07-01 17:30:00",
    "Europe/Kyiv": "2026-07-01 15:00:00",
    "Asia/Ho_Chi_Minh": "2026-07-01 19:00:00",
    "America/Argentina/Buenos_Aires": "2026-07-01 09:00:00",
    "Antarctica/DumontDUrville": "2026-07-01 22:00:00",
    "Pacific/Kanton": "2026-07-02 01:00:00",
  };
  for (const [zone, time] of Object.entries(local))
    it(`${zone} tells the time in DuckDB by the name that the views get`, async () =>
      expect(await noon(timeZone(zone)!)).to.equal(time));

  it("goes by its older name where Athena may not know the newer one", () => {
    expect(timeZone("Europe/Kyiv")).to.equal("Europe/Kiev");
    expect(timeZone("Asia/Kolkata")).to.equal("Asia/Kolkata");
  });

  for (const zone of [
    ...["+02:00", "Z", "EST", "CET", "Etc/GMT-2", "SystemV/PST8", "GMT+2", "Mars/Base", "Europe", "", "utc"],
    ...["europe/berlin", "Europe/berlin", "EUROPE/BERLIN", "Europe/BERLIN", "US/Pacific-New"],
    ...["Europe/Berlin'", "Europe/Berlin ", "Europe//Berlin"],
  ])
    it(`is refused as "${zone}"`, () => expect(timeZone(zone)).to.equal(undefined));
});
