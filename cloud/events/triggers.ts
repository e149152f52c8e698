/** What starts a program's functions: bucket notifications and schedule rules, with the events that they send. */
import { randomUUID } from "node:crypto";
import { UserError } from "../errors";
import type { ObjectEvent, Resource } from "../types";

/** Sends events of a bucket's objects to a function. */
export interface BucketTrigger {
  /** Id of the notification configuration. */
  id: string;
  bucket: string;
  /** Such as `s3:ObjectCreated:*`. */
  events: string[];
  prefix: string;
  suffix: string;
  functionArn: string;
}

/** Sends a rule's events to a function; `input` is the event, if it is always the same. */
export interface RuleTrigger {
  functionArn: string;
  input?: unknown;
  /** The queue for events that cannot be delivered. */
  deadLetterArn?: string;
}

/**
 * Returns all bucket triggers of a program. Events that go to EventBridge are for other programs' rules: a rule of this one
 * that waits for events, or a notification to anything else than a function, throws a {@link UserError}.
 */
export function bucketTriggers(resources: Resource[]): BucketTrigger[] {
  for (const { name, inputs } of ofType(resources, "aws:cloudwatch/eventRule:EventRule"))
    refuse(name, inputs, ["eventPattern"]);
  return ofType(resources, "aws:s3/bucketNotification:BucketNotification").flatMap(({ name, inputs }) => {
    refuse(name, inputs, ["queues", "topics"]);
    const functions = (inputs.lambdaFunctions ?? []) as Record<string, unknown>[];
    return functions.map((target) => ({
      id: String(target.id ?? name),
      bucket: String(inputs.bucket),
      events: target.events as string[],
      prefix: String(target.filterPrefix ?? ""),
      suffix: String(target.filterSuffix ?? ""),
      functionArn: String(target.lambdaFunctionArn),
    }));
  });
}

/** Returns whether an event matches the trigger's patterns and filters. */
export function matches(trigger: BucketTrigger, event: ObjectEvent): boolean {
  return (
    trigger.bucket === event.bucket &&
    trigger.events.some((pattern) => matchesPattern(pattern, `s3:${event.name}`)) &&
    event.key.startsWith(trigger.prefix) &&
    event.key.endsWith(trigger.suffix)
  );
}

function matchesPattern(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Throws a {@link UserError} unless the program permits S3 to start the function of a trigger. */
export function requireStart(resources: Resource[], { bucket, functionArn }: BucketTrigger): void {
  if (mayStart(resources, "s3.amazonaws.com", `arn:aws:s3:::${bucket}`, functionArn)) return;
  throw new UserError(`S3 may not start ${functionArn}: the program gives no permission.`);
}

/**
 * The event that S3 sends:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @param time ms since 1970
 */
export function bucketEvent(trigger: BucketTrigger, event: ObjectEvent, time: number): object {
  const created = { size: event.size, eTag: event.etag.replaceAll('"', "") };
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: regionOf(trigger.functionArn),
        eventTime: new Date(time).toISOString(),
        eventName: event.name,
        userIdentity: { principalId: "local" },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        responseElements: { "x-amz-request-id": randomUUID() },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: trigger.id,
          bucket: {
            name: event.bucket,
            ownerIdentity: { principalId: "local" },
            arn: `arn:aws:s3:::${event.bucket}`,
          },
          object: {
            key: encodeKey(event.key),
            ...(event.name.startsWith("ObjectCreated:") && created),
            sequencer: event.sequencer,
          },
        },
      },
    ],
  };
}

/** A key as it is in events: form-encoded, so a space is "+", but "/" is not encoded. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");
}

/** Returns the rule with this logical or physical name; throws a {@link UserError} if there is none. */
export function ruleNamed(resources: Resource[], name: string): Resource {
  const rules = ofType(resources, "aws:cloudwatch/eventRule:EventRule");
  const found = rules.find((rule) => rule.name === name || rule.outputs.name === name);
  if (found) return found;
  const known = rules.map((rule) => rule.name).join(", ") || "none";
  throw new UserError(`There is no rule ${name}; the program's rules: ${known}.`);
}

/** Returns a rule's targets. Throws a {@link UserError} for a target whose input is made from the event. */
export function ruleTriggers(resources: Resource[], rule: Resource): RuleTrigger[] {
  return ofType(resources, "aws:cloudwatch/eventTarget:EventTarget")
    .filter(({ inputs }) => inputs.rule === rule.outputs.name)
    .map(({ name, inputs }) => {
      refuse(name, inputs, ["inputPath", "inputTransformer"]);
      const input: unknown = inputs.input === undefined ? undefined : JSON.parse(String(inputs.input));
      const { arn } = (inputs.deadLetterConfig ?? {}) as { arn?: string };
      return { functionArn: String(inputs.arn), input, ...(arn !== undefined && { deadLetterArn: arn }) };
    });
}

/** Returns whether the program permits a service to start a function on behalf of a rule or bucket, given by its ARN. */
export function mayStart(
  resources: Resource[],
  service: string,
  sourceArn: unknown,
  functionArn: string,
): boolean {
  const [account, name] = [functionArn.split(":")[4], functionArn.slice(functionArn.lastIndexOf(":") + 1)];
  return ofType(resources, "aws:lambda/permission:Permission").some(
    ({ inputs }) =>
      inputs.principal === service &&
      inputs.action === "lambda:InvokeFunction" &&
      inputs.sourceArn === sourceArn &&
      [undefined, account].includes(inputs.sourceAccount as string | undefined) &&
      [functionArn, name].includes(String(inputs.function)),
  );
}

/**
 * The event that EventBridge sends for a schedule:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
 * @param time ms since 1970
 */
export function scheduledEvent(rule: Resource, time: number): object {
  const arn = String(rule.outputs.arn);
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.events",
    account: arn.split(":")[4],
    time: new Date(time).toISOString().replace(/\.\d+Z$/, "Z"),
    region: regionOf(arn),
    resources: [arn],
    detail: {},
  };
}

/** Returns the resources of a type. */
export function ofType(resources: Resource[], type: string): Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** Throws a {@link UserError} for an input that would otherwise be ignored silently. */
export function refuse(name: string, inputs: Record<string, unknown>, unsupported: string[]): void {
  const used = unsupported.find((input) => inputs[input] !== undefined);
  if (used) throw new UserError(`The embedded cloud does not know ${used}, which ${name} uses.`);
}

function regionOf(arn: string): string {
  return arn.split(":")[3]!;
}
