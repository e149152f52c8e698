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
