import type { EventFailure } from "./events";

/**
 * What Lambda sends to a function's on-failure destination:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function failureRecord(failure: EventFailure): object {
  const { requestId, functionArn, condition, attempts, error, failedAt, event } = failure;
  return {
    version: "1.0",
    timestamp: failedAt,
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: error,
  };
}

/** Returns the attributes of an event that a rule, given by its ARN, may not send to a function, as EventBridge has them. */
export function deadLetterAttributes(ruleArn: string, functionArn: string): Record<string, string> {
  return {
    RULE_ARN: ruleArn,
    TARGET_ARN: functionArn,
    ERROR_CODE: "NO_PERMISSIONS",
    ERROR_MESSAGE: "The rule may not invoke the function.",
  };
}
