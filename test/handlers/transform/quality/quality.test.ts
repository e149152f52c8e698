import { expect } from "chai";
import fc from "fast-check";
import type { RawLine } from "../../../../handlers/raw/format";
import type { QualityRules } from "../../../../schemas/quality";
import {
  buildAll,
  close,
  gap,
  header,
  object,
  page,
  played,
  playlist,
  track,
} from "../../../support/rawObjects";

const stream = "playlist_items";

/** A closed full read of playlist p1. */
function read(read_seq: number, entries: unknown[], positions = entries.length): RawLine[] {
  return [
    header({ stream, container: "p1", version: `s${read_seq}`, read_seq, library_version: read_seq }),
    page(entries, { read_seq }),
    close(positions, { read_seq, container: "p1", version: `s${read_seq}` }),
  ];
}

const good = (id: string) => ({ added_at: "2026-01-02T03:04:05Z", item: track(id) });
const negative = (id: string) => ({ ...good(id), item: track(id, { duration_ms: -5 }) });
const many = (count: number) => Array.from({ length: count }, (_, index) => good(`t${index}`));

async function resultsOf(objects: RawLine[][], rules: QualityRules = {}, of = stream) {
  const built = await buildAll(of, rules, ...objects);
  const failed = built.rows.quality_results!.filter(({ status }) => status === "failed");
  return { ...built, failed };
}

describe("quality", () => {
  it("puts a row that fails a blocking rule into quarantine, with its line, and keeps the others", async () => {
    const { rows, quarantine, failed, blocked } = await resultsOf([read(1, [...many(9), negative("bad")])]);
    expect(rows.playlist_items).to.have.length(9);
    expect(rows.container_reads![0]).to.include({ row_count: 9, skipped_count: 1 });
    expect(rows.skips!.map(({ reason, item_position }) => [reason, item_position])).to.deep.equal([
      ["quarantined", 9],
    ]);
    expect(quarantine.playlist_items).to.have.length(1);
    expect(quarantine.playlist_items![0]).to.deep.include({
      rule: "range",
      severity: "block",
      reason: "duration_ms is -5, not 0 or more.",
      raw_key: "0",
      raw_line: 2,
    });
    expect(quarantine.playlist_items![0]!.row).to.include({ track_id: "bad", duration_ms: -5 });
    expect(rows.tracks!.map(({ track_id }) => track_id)).not.to.include("bad");
    expect(blocked).to.deep.equal([]);
    const [range] = failed.filter(({ rule }) => rule === "range");
    expect(range).to.include({
      table_name: "playlist_items",
      column_name: "duration_ms",
      severity: "block",
      observed: 0.1,
      failed_rows: 1,
      total_rows: 10,
      sample: "-5",
      container_id: "p1",
      read_seq: 1,
    });
  });

  it("keeps a row that only warns, and counts it", async () => {
    const entry = { ...good("t1"), added_at: "2027-01-01T00:00:00Z" };
    const { rows, quarantine, failed } = await resultsOf([read(1, [entry])]);
    expect([rows.playlist_items!.length, quarantine]).to.deep.equal([1, {}]);
    expect(failed.map(({ rule, column_name }) => [rule, column_name])).to.deep.include([
      "not_in_future",
      "added_at",
    ]);
  });

  it("reports a value of another type, for which NULL stands", async () => {
    const wrong = { added_at: 12345, item: track("t1", { name: 7, uri: 8 }) };
    const { rows, failed } = await resultsOf([read(1, [wrong])]);
    expect(rows.playlist_items![0]).to.include({ item_name: null, item_uri: null, added_at: null });
    const lost = failed.filter(({ rule, table_name }) => rule === "type" && table_name === "playlist_items");
    expect(lost.map(({ column_name, sample }) => [column_name, sample])).to.have.deep.members([
      ["item_uri", "8"],
      ["item_name", "7"],
      ["added_at", '"12345"'],
    ]);
  });

  it("takes 1970, no id and nothing for no loss", async () => {
    const entry = {
      added_at: "1970-01-01T00:00:00Z",
      added_by: { id: "" },
      item: track("t1", { uri: null }),
    };
    const { failed } = await resultsOf([read(1, [entry])]);
    expect(failed.filter(({ rule }) => rule === "type")).to.deep.equal([]);
  });

  it("asks every rule of a read, passed or failed", async () => {
    const { rows } = await resultsOf([read(1, many(3))]);
    const own = rows.quality_results!.filter(({ table_name }) => table_name === "playlist_items");
    expect(own.map(({ rule, status }) => `${rule} ${status}`)).to.have.members(
      ["allowed", "not_in_future", "not_null", "pattern", "quarantined_share", "range", "row_count"]
        .concat(["type", "unique_key", "uri_of_id"])
        .map((rule) => `${rule} passed`),
    );
  });

  for (const [what, bad, rule] of [
    ["most rows are bad", read(2, [good("a"), negative("b"), negative("c")]), "quarantined_share"],
    ["most positions are not there", read(2, [good("a")], 9), "row_count"],
    [
      "two rows claim one position",
      [
        ...read(2, [good("a"), good("b")]).slice(0, 2),
        page([good("c")], { read_seq: 2 }),
        close(2, { read_seq: 2 }),
      ],
      "unique_key",
    ],
  ] as [string, RawLine[], string][]) {
    it(`rejects a read if ${what}; the one before stays, a good one after it becomes visible`, async () => {
      const { rows, quarantine, blocked, failed } = await resultsOf([
        read(1, many(4)),
        bad,
        read(3, many(5)),
      ]);
      expect(blocked).to.deep.equal([2]);
      expect(rows.container_reads!.map(({ read_seq }) => read_seq)).to.deep.equal([1, 3]);
      expect(new Set(rows.playlist_items!.map(({ read_seq }) => read_seq))).to.deep.equal(new Set([1, 3]));
      expect(rows.tracks!.filter(({ read_seq }) => read_seq === 2)).to.deep.equal([]);
      expect(quarantine.playlist_items!.every(({ row }) => row.read_seq === 2)).to.equal(true);
      expect(failed.find((result) => result.rule === rule)).to.include({ read_seq: 2, severity: "block" });
    });
  }

  it("leaves a rejected read visible where the stack only wants to be warned", async () => {
    const { blocked, failed } = await resultsOf([read(1, [good("a")], 9)], {
      row_count: { severity: "warn" },
    });
    expect(blocked).to.deep.equal([]);
    expect(failed.find(({ rule }) => rule === "row_count")).to.include({ severity: "warn", failed_rows: 8 });
  });

  it("lets the longest name of a rule count", async () => {
    const rules: QualityRules = {
      range: { severity: "warn" },
      "playlist_items.duration_ms.range": { severity: "block" },
    };
    const { quarantine } = await resultsOf([read(1, [...many(5), negative("b")])], rules);
    expect(quarantine.playlist_items).to.have.length(1);
    const warned = await resultsOf([read(1, [negative("b")])], {
      "playlist_items.range": { severity: "warn" },
    });
    expect([warned.quarantine, warned.rows.playlist_items!.length]).to.deep.equal([{}, 1]);
  });

  it("never rejects additions or plays, only their rows, each once however often it comes", async () => {
    const plays = [played("t1", "2026-03-04T01:00:00Z"), played("t2", "2027-01-01T00:00:00Z")];
    const lines = (read_seq: number) => [
      header({ stream: "recently_played", container: "recently_played", read_seq }),
      object({ items: plays }, { read_seq }),
    ];
    const { rows, quarantine, blocked } = await resultsOf([lines(1), lines(2)], {}, "recently_played");
    expect(rows.plays!.map(({ track_id }) => track_id)).to.deep.equal(["t1"]);
    expect(quarantine.plays!.map(({ rule, row }) => [rule, row.track_id])).to.deep.equal([
      ["not_in_future", "t2"],
    ]);
    expect(blocked).to.deep.equal([]);
  });

  it("finds a gap that ends before it begins", async () => {
    const wrong = gap({ from: "2026-03-04T03:00:00Z", to: "2026-03-04T01:00:00Z" });
    const { failed, rows } = await resultsOf([[wrong]], {}, "recently_played");
    expect(failed.map(({ rule, table_name }) => [rule, table_name])).to.deep.equal([["time_order", "gaps"]]);
    expect(rows.gaps).to.have.length(1);
  });

  it("has a finding for a listed playlist without an id, beside its skip", async () => {
    const lines = [header(), page([playlist("p1"), { name: "x" }]), close(2)];
    const { rows, quarantine } = await resultsOf([lines], {}, "playlists");
    expect(rows.skips!.map(({ reason }) => reason)).to.deep.equal(["no_id"]);
    expect(quarantine.playlists![0]).to.include({
      rule: "not_null",
      reason: "playlist_id is null, not a string.",
    });
  });

  it("loses no row: each is in its table or in quarantine, whatever is damaged", async () => {
    const entry = fc.oneof(
      fc.constantFrom(good, negative).chain((make) => fc.string({ minLength: 1 }).map(make)),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const reads = fc.array(fc.array(entry, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(reads, async (all) => {
        const objects = all.map((entries, index) => read(index + 1, entries));
        const { rows, quarantine, blocked } = await resultsOf(objects);
        const kept = quarantine.playlist_items?.length ?? 0;
        expect(rows.playlist_items!.length + kept).to.equal(all.flat().length);
        const visible = rows.container_reads!.map(({ read_seq }) => read_seq);
        expect([...visible, ...blocked].sort()).to.deep.equal(all.map((_, index) => index + 1));
        for (const { read_seq, row_count } of rows.container_reads!) {
          expect(rows.playlist_items!.filter((row) => row.read_seq === read_seq)).to.have.length(
            row_count as number,
          );
        }
        expect(rows.playlist_items!.some((row) => blocked.includes(row.read_seq as number))).to.equal(false);
      }),
      { numRuns: 200 },
    );
  });
});
