import type * as sdk from "@aws-sdk/client-glue";
import { expect } from "chai";
import { glueCatalog } from "../../../handlers/transform/glueCatalog";
import { codeOf } from "../../../handlers/shared/errors";
import { tables } from "../../../schemas";
import { glueDescriptor } from "../../../schemas/formats";
import { glueClientOf, memoryGlue } from "../../support/memoryGlue";

const playlists = tables.find(({ name }) => name === "playlists")!;
const month = "2026-03";
const partition = `playlists/${month}`;
const descriptor = glueDescriptor(playlists, "csv", `s3://lake/g1/playlists/snapshot_month=${month}/`);

/** A catalog over Glue in memory; `calls` are the names of what was asked. */
function fakeGlue(
  beforeCall: (name: string, partitions: Map<string, sdk.PartitionInput>) => void = () => undefined,
) {
  const { partitions, send } = memoryGlue();
  const calls: string[] = [];
  const client = glueClientOf(async (command) => {
    const name = (command as object).constructor.name.replace("PartitionCommand", "");
    beforeCall(name, partitions);
    calls.push(name);
    return send(command);
  });
  return { catalog: glueCatalog(client, "db"), partitions, calls };
}

describe("glueCatalog", () => {
  it("knows which partitions it has registered, none that Glue refused", async () => {
    const { catalog } = fakeGlue();
    expect(catalog.hasRegistered("playlists", month, descriptor)).to.equal(false);
    await catalog.register("playlists", month, descriptor, 1);
    expect(catalog.hasRegistered("playlists", month, descriptor)).to.equal(true);
    expect(catalog.hasRegistered("playlists", "2026-04", descriptor)).to.equal(false);
    expect(catalog.hasRegistered("profiles", month, descriptor)).to.equal(false);
    expect(catalog.hasRegistered("playlists", month, { ...descriptor, columns: [] })).to.equal(false);
    const refusing = fakeGlue(() => {
      throw new Error("no");
    }).catalog;
    await refusing.register("playlists", month, descriptor, 1).catch(() => undefined);
    expect(refusing.hasRegistered("playlists", month, descriptor)).to.equal(false);
  });

  it("makes a partition with the table's descriptor", async () => {
    const { catalog, partitions, calls } = fakeGlue();
    await catalog.register("playlists", month, descriptor, 1);
    expect(calls).to.deep.equal(["Get", "BatchCreate"]);
    const made = partitions.get(partition)!;
    expect(made.Values).to.deep.equal([month]);
    expect(made.Parameters).to.include({ classification: "csv", "skip.header.line.count": "1" });
    expect(made.StorageDescriptor).to.deep.include({
      Location: `s3://lake/g1/playlists/snapshot_month=${month}/`,
      InputFormat: descriptor.inputFormat,
      SerdeInfo: {
        SerializationLibrary: descriptor.serializationLibrary,
        Parameters: descriptor.serdeParameters,
      },
    });
    expect(made.StorageDescriptor!.Columns![1]).to.deep.equal({ Name: "read_seq", Type: "bigint" });
  });

  it("makes one that is likely new at once, and looks at it only if it is there", async () => {
    const { catalog, partitions, calls } = fakeGlue();
    await catalog.register("playlists", month, descriptor, 1, { isLikelyNew: true });
    expect(calls.splice(0)).to.deep.equal(["BatchCreate"]);
    expect(catalog.hasRegistered("playlists", month, descriptor)).to.equal(true);
    const kept = "s3://lake/sealed/";
    partitions.get(partition)!.StorageDescriptor!.Location = kept;
    await catalog.register("playlists", month, descriptor, 2, { kept: [kept], isLikelyNew: true });
    expect(calls).to.deep.equal(["BatchCreate", "Get", "Update"]);
    expect(partitions.get(partition)!.StorageDescriptor!.Location).to.equal(kept);
  });

  it("leaves one alone that says the same, whatever a crawler added", async () => {
    const { catalog, partitions, calls } = fakeGlue();
    await catalog.register("playlists", month, descriptor, 1);
    partitions.get(partition)!.Parameters!.recordCount = "7";
    partitions.get(partition)!.StorageDescriptor!.Location = descriptor.location.replace(/\/$/, "");
    await catalog.register("playlists", month, descriptor, 1);
    expect(calls).to.deep.equal(["Get", "BatchCreate", "Get"]);
  });

  const fewer = { ...descriptor, columns: descriptor.columns.slice(1) };
  for (const [what, other] of [
    ["columns", fewer],
    ["location", { ...descriptor, location: "s3://lake/other/" }],
    ["format", glueDescriptor(playlists, "parquet", descriptor.location)],
    ["serde", { ...descriptor, serdeParameters: { "field.delim": "," } }],
    ["header line", { ...descriptor, tableParameters: { classification: "csv" } }],
  ] as const) {
    it(`updates one with another ${what}`, async () => {
      const { catalog, partitions, calls } = fakeGlue();
      await catalog.register("playlists", month, other, 1);
      await catalog.register("playlists", month, descriptor, 1);
      expect(calls.at(-1)).to.equal("Update");
      const fresh = fakeGlue();
      await fresh.catalog.register("playlists", month, descriptor, 1);
      expect(partitions).to.deep.equal(fresh.partitions);
    });
  }

  it("leaves a partition where it is if it leads to the location that is kept, but gives it new columns", async () => {
    const { catalog, partitions } = fakeGlue();
    const kept = "s3://lake/sealed/playlists/";
    await catalog.register("playlists", month, { ...fewer, location: kept.replace(/\/$/, "") }, 1);
    await catalog.register("playlists", month, descriptor, 1, { kept: ["s3://lake/further/", kept] });
    const found = partitions.get(partition)!.StorageDescriptor!;
    expect(found.Location).to.equal(kept);
    expect(found.Columns).to.have.length(descriptor.columns.length);
    await catalog.register("playlists", month, descriptor, 1, { kept: ["s3://lake/another/"] });
    expect(partitions.get(partition)!.StorageDescriptor!.Location).to.equal(descriptor.location);
  });

  it("asks before it changes one, and only then", async () => {
    const { catalog, partitions, calls } = fakeGlue();
    let asked = 0;
    const registerIf = (answer: boolean) =>
      catalog.register("playlists", month, descriptor, 2, {
        mayChange: async () => {
          asked += 1;
          return answer;
        },
      });
    await catalog.register("playlists", month, fewer, 1);
    const known = structuredClone(partitions);
    await registerIf(false);
    expect(partitions).to.deep.equal(known);
    expect(catalog.hasRegistered("playlists", month, descriptor)).to.equal(false);
    await registerIf(true);
    expect(partitions.get(partition)!.StorageDescriptor!.Columns).to.have.length(descriptor.columns.length);
    expect(catalog.hasRegistered("playlists", month, descriptor)).to.equal(true);
    expect(asked).to.equal(2);
    await registerIf(false);
    partitions.clear();
    await registerIf(false);
    expect(asked).to.equal(2);
    expect(calls.filter((name) => name === "Update")).to.have.length(1);
    expect(partitions).to.have.length(1);
  });

  it("takes a partition for registered that another run has just made", async () => {
    const { catalog, calls } = fakeGlue((name, there) => {
      if (name !== "BatchCreate") return;
      there.set(partition, { Values: [month], StorageDescriptor: { Location: descriptor.location } });
    });
    await catalog.register("playlists", month, descriptor, 1);
    expect(calls.slice(0, 3)).to.deep.equal(["Get", "BatchCreate", "Get"]);
  });

  it("does not take back what a newer program registered", async () => {
    const { catalog, partitions } = fakeGlue();
    await catalog.register("playlists", month, descriptor, 2);
    await catalog.register("playlists", month, fewer, 1);
    expect(partitions.get(partition)!.StorageDescriptor!.Columns).to.have.length(descriptor.columns.length);
  });

  it("does not say that it moved a newer program's partition", async () => {
    const { catalog, partitions } = fakeGlue();
    const sealed = { ...descriptor, location: "s3://lake/sealed/playlists/" };
    await catalog.register("playlists", month, descriptor, 2);
    const error = await catalog.register("playlists", month, sealed, 1).catch((reason: unknown) => reason);
    expect(codeOf(error)).to.equal("newer_program");
    expect(partitions.get(partition)!.StorageDescriptor!.Location).to.equal(descriptor.location);
    await catalog.register("playlists", month, sealed, 1, { kept: [descriptor.location] });
  });

  it("starts again if the partition goes while it looks", async () => {
    let gone = 0;
    const { catalog, partitions, calls } = fakeGlue((name, there) => {
      if (name === "Update" && gone++ === 0) there.clear();
    });
    await catalog.register("playlists", month, fewer, 1);
    await catalog.register("playlists", month, descriptor, 1);
    expect(calls).to.deep.equal(["Get", "BatchCreate", "Get", "Update", "Get", "BatchCreate"]);
    expect(partitions.get(partition)!.StorageDescriptor!.Columns).to.have.length(descriptor.columns.length);
  });

  it("gives up on one that keeps changing", async () => {
    const { catalog } = fakeGlue((name, there) => {
      if (name === "Get") there.set(partition, { Values: [month] });
      if (name === "Update")
        throw Object.assign(new Error("race"), { name: "ConcurrentModificationException" });
    });
    const error = await catalog
      .register("playlists", month, descriptor, 1)
      .catch((reason: unknown) => reason);
    expect(codeOf(error)).to.equal("partition_refused");
  });

  it("lets Glue's own errors through", async () => {
    const { catalog } = fakeGlue(() => {
      throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
    });
    const error = await catalog
      .register("playlists", month, descriptor, 1)
      .catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal("AccessDeniedException");
  });
});
