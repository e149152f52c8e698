import type * as pulumi from "@pulumi/pulumi";

/** The statement of a resource's policy that refuses whoever does not come over TLS. */
export function tlsOnly(actions: string, resources: pulumi.Input<string>[]) {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * The condition that a write makes a new object (`If-None-Match`), whatever the code that asks for it:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export const newObjectsOnly = { Null: { "s3:if-none-match": "false" } };
