import { expect } from "chai";
import { AwsError, serveJson } from "../../../cloud/aws/json";
import type { LocalServer } from "../../../cloud/http";

describe("serveJson", () => {
  let server: LocalServer;
  before(async () => {
    server = await serveJson({
      "Test.Echo": (input: object) => ({ got: input }),
      "Test.Refuse": () => {
        throw new AwsError("RefusedException", "No.");
      },
      "Test.Break": () => {
        throw new Error("broken");
      },
    });
  });
  after(() => server.close());

  const post = async (target: string, body: string) => {
    const headers = { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
    const response = await fetch(`http://${server.address}/`, { method: "POST", headers, body });
    const { status } = response;
    return {
      status,
      error: response.headers.get("x-amzn-errortype"),
      body: (await response.json()) as object,
    };
  };

  const refused = (code: string, status: number, message: string) => ({
    status,
    error: code,
    body: { __type: code, message },
  });

  it("answers with what the operation returns", async () => {
    expect(await post("Test.Echo", '{"a":"ü"}')).to.eql({
      status: 200,
      error: null,
      body: { got: { a: "ü" } },
    });
  });

  const cases: [title: string, target: string, body: string, expected: object][] = [
    ["the operation's error", "Test.Refuse", "{}", refused("RefusedException", 400, "No.")],
    ["a fault of its own", "Test.Break", "{}", refused("InternalFailure", 500, "Error: broken")],
    [
      "an operation that it lacks, by name",
      "Test.Other",
      "{}",
      refused(
        "NotImplemented",
        501,
        "The embedded cloud has no Test.Other; it has Test.Echo, Test.Refuse, Test.Break.",
      ),
    ],
    ["no JSON", "Test.Echo", "{", refused("SerializationException", 400, "The request's body is not JSON.")],
  ];
  for (const [title, target, body, expected] of cases) {
    it(`reports ${title}`, async () => expect(await post(target, body)).to.eql(expected));
  }
});
