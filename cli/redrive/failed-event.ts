import type { Message } from "@aws-sdk/client-sqs";

/** An event that failed, read from a message of a failure queue. */
export interface FailedEvent {
  /** The message's id, by which it can be dropped. */
  id: string;
  /** Name or ARN. */
  functionName: string;
  /** The event itself. */
  payload: unknown;
  /** The error of the last attempt. */
  reason: string;
  /** When its last attempt failed, ISO 8601 UTC; null if the message does not say. */
  failedAt: string | null;
}

/** The part of an on-failure record that is used here. */
interface FailureRecord {
  timestamp?: string;
  requestContext?: { functionArn?: string };
  requestPayload?: unknown;
  responsePayload?: { errorMessage?: string } | null;
}

/**
 * Reads a message: Lambda's record of an event that a function failed on
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html), or an event that EventBridge
 * could not deliver (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html). Undefined for others.
 */
export function failedEvent({
  MessageId: id = "",
  Body = "",
  MessageAttributes = {},
}: Message): FailedEvent | undefined {
  const body = parse(Body);
  if (typeof body !== "object" || body === null) return undefined;
  const target = MessageAttributes.TARGET_ARN?.StringValue;
  if (target !== undefined) {
    const reason = MessageAttributes.ERROR_MESSAGE?.StringValue ?? MessageAttributes.ERROR_CODE?.StringValue;
    const { time = null } = body as { time?: string };
    return {
      id,
      functionName: target,
      payload: body,
      reason: reason ?? "It was not delivered.",
      failedAt: time,
    };
  }
  const { timestamp = null, requestContext, requestPayload, responsePayload } = body as FailureRecord;
  if (requestContext?.functionArn === undefined || requestPayload === undefined) return undefined;
  return {
    id,
    functionName: requestContext.functionArn.replace(/:\$LATEST$/, ""),
    payload: requestPayload,
    reason: responsePayload?.errorMessage ?? "It was not tried for too long.",
    failedAt: timestamp,
  };
}

/** Describes an event in a few words. */
export function about(payload: unknown): string {
  const { Records, id, time } = payload as { Records?: S3Record[]; id?: string; time?: string };
  const keys = Records?.flatMap((record) => record.s3?.object?.key ?? []) ?? [];
  if (keys.length > 0) return keys.map((key) => decodeURIComponent(key.replaceAll("+", " "))).join(", ");
  return [id, time].filter(Boolean).join(" of ") || JSON.stringify(payload).slice(0, 80);
}

interface S3Record {
  s3?: { object?: { key?: string } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
