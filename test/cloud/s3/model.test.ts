import { createHash } from "node:crypto";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import fc from "fast-check";
import { S3Server } from "../../../cloud/s3/server";
import { clientOf, newFolder, refusal, removeFolders } from "./help";

const KEYS = ["a", "a/b", "a-", "b/c/d", "b/c", "ü +%", "😀/x"];
const BODIES = ["one", "two", "three"];

/** What a write asks of the object that is there. */
type Wish = "any" | "none" | "current" | "stale";
type Step =
  | { do: "put"; key: string; body: string; wish: Wish }
  | { do: "delete"; key: string; wish: Exclude<Wish, "none"> }
  | { do: "get"; key: string }
  | { do: "list"; prefix: string; delimiter?: string; limit: number };

const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      key,
      body: fc.constantFrom(...BODIES),
      wish: fc.constantFrom<Wish>("any", "none", "current", "stale"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("delete" as const),
      key,
      wish: fc.constantFrom<Exclude<Wish, "none">>("any", "any", "current", "stale"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("get" as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("list" as const),
      prefix: fc.constantFrom("", "a", "a/", "b/"),
      delimiter: fc.constantFrom(undefined, "/"),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

const etagOf = (body: string) => `"${createHash("md5").update(body).digest("hex")}"`;
const status = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { name: string }) => error.name,
  );

/** The endpoint in twenty lines: a map, and the rules that plain files add. */
class Model {
  private readonly objects = new Map<string, string>();

  put(key: string, body: string, condition: Condition): string {
    const refused = this.refusal(key, condition);
    if (refused) return refused;
    for (const other of this.objects.keys())
      if (other.startsWith(`${key}/`) || key.startsWith(`${other}/`)) return "InvalidArgument";
    this.objects.set(key, body);
    return "ok";
  }

  delete(key: string, condition: Condition): string {
    const refused = this.refusal(key, condition);
    if (!refused) this.objects.delete(key);
    return refused ?? "ok";
  }

  get(key: string): string | undefined {
    return this.objects.get(key);
  }

  list(prefix: string, delimiter?: string): string[] {
    const rolled = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => {
        const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
        return at < 0 ? key : key.slice(0, at + 1);
      });
    return [...new Set(rolled)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  private refusal(key: string, { IfMatch, IfNoneMatch }: Condition): string | undefined {
    const body = this.objects.get(key);
    if (IfNoneMatch && body !== undefined) return "PreconditionFailed";
    if (IfMatch && body === undefined) return "NoSuchKey";
    return IfMatch && IfMatch !== etagOf(body!) ? "PreconditionFailed" : undefined;
  }
}

interface Condition {
  IfMatch?: string;
  IfNoneMatch?: "*";
}

function condition(wish: Wish, body: string | undefined): Condition {
  if (wish === "none") return { IfNoneMatch: "*" };
  if (wish === "current") return { IfMatch: etagOf(body ?? "") };
  return wish === "stale" ? { IfMatch: etagOf(`not ${body}`) } : {};
}

describe("the endpoint", () => {
  let server: S3Server;
  let s3: S3Client;

  before(async () => {
    server = new S3Server({ root: await newFolder() });
    s3 = clientOf(await server.start());
  });
  after(async () => {
    s3.destroy();
    await server.close();
    await removeFolders();
  });

  async function run(Bucket: string, model: Model, step: Step): Promise<void> {
    if (step.do === "list") return compareList(Bucket, model, step);
    const { key: Key } = step;
    const held = model.get(Key);
    if (step.do === "get") {
      const command = new GetObjectCommand({ Bucket, Key });
      if (held === undefined) expect(await refusal(s3.send(command))).to.deep.equal(["NoSuchKey", 404]);
      else {
        const read = await s3.send(command);
        expect([await read.Body!.transformToString(), read.ETag]).to.deep.equal([held, etagOf(held)]);
      }
      return;
    }
    const asked = condition(step.wish, held);
    if (step.do === "put")
      expect(
        await status(s3.send(new PutObjectCommand({ Bucket, Key, Body: step.body, ...asked }))),
      ).to.equal(model.put(Key, step.body, asked));
    else
      expect(await status(s3.send(new DeleteObjectCommand({ Bucket, Key, ...asked })))).to.equal(
        model.delete(Key, asked),
      );
  }

  async function compareList(Bucket: string, model: Model, step: Step & { do: "list" }): Promise<void> {
    const { prefix: Prefix, delimiter: Delimiter, limit: MaxKeys } = step;
    const entries: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket, Prefix, Delimiter, MaxKeys, ContinuationToken }),
      );
      for (const { Key, ETag, Size } of page.Contents ?? []) {
        expect(ETag).to.equal(etagOf(model.get(Key!)!));
        expect(Size).to.equal(model.get(Key!)!.length);
      }
      entries.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      entries.push(...(page.CommonPrefixes ?? []).map((common) => common.Prefix!));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(entries.sort()).to.deep.equal(model.list(Prefix, Delimiter).sort());
  }

  it("answers any sequence of requests as a map would", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
        const bucket = `run-${++runs}`;
        await server.createBucket(bucket);
        const model = new Model();
        for (const one of steps) await run(bucket, model, one);
        await compareList(bucket, model, { do: "list", prefix: "", limit: 2 });
      }),
      { numRuns: 20 },
    );
  });
});
