import { expect } from "chai";
import fc from "fast-check";
import { about, failedEvent } from "../../../cli/redrive/failed-event";

const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:transform";

describe("failedEvent", () => {
  const record = {
    version: "1.0",
    timestamp: "2026-01-02T03:04:05.000Z",
    requestContext: { functionArn: `${functionArn}:$LATEST`, condition: "RetriesExhausted" },
    requestPayload: { id: "e" },
    responsePayload: { errorMessage: "no" },
  };

  it("is read from Lambda's record", () => {
    expect(failedEvent({ MessageId: "m", Body: JSON.stringify(record) })).to.eql({
      id: "m",
      functionName: functionArn,
      payload: { id: "e" },
      reason: "no",
      failedAt: "2026-01-02T03:04:05.000Z",
    });
  });

  it("is read from the record of an event that became too old, which has no answer", () => {
    const { responsePayload, ...old } = record;
    expect(responsePayload).to.exist;
    expect(failedEvent({ Body: JSON.stringify(old) })!.reason).to.equal("It was not tried for too long.");
  });

  it("is read from an event that EventBridge could not deliver", () => {
    const event = { id: "e", time: "2026-01-02T03:04:05Z" };
    const text = (StringValue: string) => ({ DataType: "String", StringValue });
    const MessageAttributes = { TARGET_ARN: text(functionArn), ERROR_CODE: text("NO_PERMISSIONS") };
    expect(failedEvent({ MessageId: "m", Body: JSON.stringify(event), MessageAttributes })).to.eql({
      id: "m",
      functionName: functionArn,
      payload: event,
      reason: "NO_PERMISSIONS",
      failedAt: "2026-01-02T03:04:05Z",
    });
  });

  it("is not found in anything else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (Body) => {
        expect(failedEvent({ Body })).to.equal(undefined);
      }),
    );
  });
});

describe("about", () => {
  const cases: [payload: unknown, text: string][] = [
    [{ Records: [{ s3: { object: { key: "raw/me/a+b%3D1.gz" } } }] }, "raw/me/a b=1.gz"],
    [{ id: "e", time: "2026-01-02T03:04:05Z" }, "e of 2026-01-02T03:04:05Z"],
    [{ source: "a person" }, '{"source":"a person"}'],
  ];
  for (const [payload, text] of cases) it(`says ${text}`, () => expect(about(payload)).to.equal(text));
});
