/**
 * Inputs that a resource cannot change, by the type's last word; the AWS provider makes a new one instead. From the
 * schemas of the Terraform provider that @pulumi/aws is built on (hashicorp/terraform-provider-aws, `ForceNew`).
 */
const fixed: Record<string, string[]> = {
  Bucket: ["bucket"],
  CatalogDatabase: ["name", "catalogId"],
  CatalogTable: ["name", "databaseName", "catalogId"],
  Dashboard: ["dashboardName"],
  EventTarget: ["rule", "targetId", "eventBusName"],
  FunctionEventInvokeConfig: ["functionName", "qualifier"],
  NamedQuery: ["name", "database", "workgroup", "query", "description"],
  Permission: ["action", "function", "principal", "sourceArn", "sourceAccount", "statementId"],
  QueuePolicy: ["queueUrl"],
  RolePolicy: ["name", "role"],
  SecurityConfiguration: ["name", "encryptionConfiguration"],
  TopicPolicy: ["arn"],
  TopicSubscription: ["topic", "protocol", "endpoint"],
};

/** Returns whether a change of an input replaces the resource. */
export function forcesNew(type: string, input: string): boolean {
  const word = type.split(":").pop()!;
  if (/^Bucket[A-Z]/.test(word)) return input === "bucket";
  return (fixed[word] ?? ["name"]).includes(input);
}
