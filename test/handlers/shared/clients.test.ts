import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as s3 from "@aws-sdk/client-s3";
import { expect } from "chai";
import { clientOptions } from "../../../handlers/shared/clients";
import { s3Store } from "../../../handlers/shared/s3Store";

describe("clientOptions", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it("give up on a service that falls silent, and ask it again", async () => {
    let requests = 0;
    server = createServer((_, response) => {
      requests += 1;
      if (requests > 2) response.setHeader("etag", '"e"').end();
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const client = new s3.S3Client({
      requestHandler: { ...clientOptions.requestHandler, socketTimeout: 100 },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    expect(await s3Store(client, "lake").head("key")).to.deep.equal({ etag: '"e"', metadata: {} });
    expect(requests).to.equal(3);
  });
});
