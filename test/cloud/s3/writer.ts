/** Overwrites a few objects without end, for the test that kills it: `writer.ts ROOT`. */
import { createHash, randomBytes } from "node:crypto";
import { ObjectFiles } from "../../../cloud/s3/objects";

const files = new ObjectFiles({ root: process.argv[2]! });

async function write(key: string): Promise<never> {
  for (;;) {
    const body = randomBytes(1 + Math.floor(Math.random() * 200_000));
    const md5 = createHash("md5").update(body).digest("hex");
    await files.put("raw", key, body, { metadata: { md5 } });
    console.log("written");
  }
}

void files.createBucket("raw").then(() => Promise.all(["a", "b/c", "b/d"].map(write)));
