import { createHash } from "node:crypto";
import { expect } from "chai";
import { temporaryFilesIn, refusal } from "./help";
import { objectServer } from "./objectServer";

describe("object operations", () => {
  const { root, url, put, get, head, text } = objectServer();

  describe("checksums", () => {
    const wrong: Record<string, [Record<string, string>, string]> = {
      crc32: [{ "x-amz-checksum-crc32": "AAAAAA==" }, "BadDigest"],
      sha1: [{ "x-amz-checksum-sha1": "AAAA" }, "BadDigest"],
      sha256: [{ "x-amz-checksum-sha256": "AAAA" }, "BadDigest"],
      md5: [{ "content-md5": "AAAA" }, "BadDigest"],
      signed: [{ "x-amz-content-sha256": "0".repeat(64) }, "XAmzContentSHA256Mismatch"],
      "crc32c (not offered)": [{ "x-amz-checksum-crc32c": "AAAAAA==" }, "NotImplemented"],
      "constructor (no algorithm)": [{ "x-amz-checksum-constructor": "x" }, "NotImplemented"],
    };
    for (const [name, [headers, code]] of Object.entries(wrong))
      it(`refuse a body that does not match: ${name}`, async () => {
        await put("checked", "before");
        const answer = await fetch(`${url()}/raw/checked`, { method: "PUT", headers, body: "after" });
        expect(await answer.text()).to.contain(`<Code>${code}</Code>`);
        expect(await text("checked")).to.equal("before");
        expect(await temporaryFilesIn(root())).to.equal(0);
      });

    it("accept the right ones", async () => {
      const headers = {
        "content-md5": createHash("md5").update("body").digest("base64"),
        "x-amz-checksum-sha1": createHash("sha1").update("body").digest("base64"),
        "x-amz-checksum-sha256": createHash("sha256").update("body").digest("base64"),
        "x-amz-content-sha256": createHash("sha256").update("body").digest("hex"),
      };
      expect((await fetch(`${url()}/raw/checked`, { method: "PUT", headers, body: "body" })).status).to.equal(
        200,
      );
    });

    const framed = (framing: string, more: Record<string, string> = {}) =>
      fetch(`${url()}/raw/framed`, {
        method: "PUT",
        body: framing,
        headers: {
          "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
          "x-amz-trailer": "x-amz-checksum-crc32",
          ...more,
        },
      });
    const frames: Record<string, [string, Record<string, string>, string]> = {
      "a wrong trailer": ["5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", {}, "BadDigest"],
      "a missing trailer": ["5\r\nhello\r\n0\r\n\r\n", {}, "MalformedTrailerError"],
      "a chunk cut short": ["5\r\nhel", {}, "IncompleteBody"],
      "no last chunk": ["5\r\nhello\r\n", {}, "IncompleteBody"],
      "a body that is not framed": ["hello\r\n", {}, "IncompleteBody"],
      "fewer bytes than announced": [
        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
        { "x-amz-decoded-content-length": "6" },
        "IncompleteBody",
      ],
    };
    for (const [name, [body, headers, code]] of Object.entries(frames))
      it(`refuse ${name}`, async () => {
        const answer = await framed(body, headers);
        expect(answer.status).to.equal(400);
        expect(await answer.text()).to.contain(`<Code>${code}</Code>`);
        expect(await refusal(get("framed"))).to.deep.equal(["NoSuchKey", 404]);
      });

    it("come with a read", async () => {
      await put("summed", "hello");
      expect((await head("summed")).ChecksumCRC32).to.equal("NhCmhg==");
    });
  });
});
