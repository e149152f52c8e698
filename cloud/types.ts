/** What the parts of the embedded cloud hand each other. */

/** Simulated or real time, in ms since 1970 UTC. */
export interface Clock {
  now(): number;
  /**
   * Milliseconds that one call of `fetch` takes on this clock, which otherwise stands still while a function runs.
   * Without it, the clock goes on at real speed in the function.
   */
  readonly callMs?: number;
}

/** One resource that the Pulumi program registered, with secrets in plain text. */
export interface Resource {
  urn: string;
  /** Pulumi type token, such as `aws:s3/bucket:Bucket`. */
  type: string;
  /** Logical name. */
  name: string;
  inputs: Record<string, unknown>;
  /** Inputs and what the provider would have computed (id, arn, name …). */
  outputs: Record<string, unknown>;
  /** Names of the inputs that are, or hold, a secret. */
  secretInputs: string[];
  parent: string;
}

/** A Lambda function whose archive lies unpacked on disk. */
export interface DeployedFunction {
  /** Physical name. */
  name: string;
  arn: string;
  /** Folder that holds the unpacked archive. */
  dir: string;
  /** `module.export`, such as `__index.handler`. */
  handler: string;
  runtime: string;
  memorySize: number;
  /** Seconds. */
  timeout: number;
  environment: Record<string, string>;
}

/** A Pulumi program, evaluated. */
export interface Program {
  resources: Resource[];
  functions: DeployedFunction[];
  /** Stack outputs, secrets in plain text. */
  outputs: Record<string, unknown>;
}

/** One use of the embedded cloud that AWS would bill. */
export type Use =
  /** A request to S3, such as `PutObject`. */
  | { kind: "s3"; operation: string }
  /** An object that was written or deleted. */
  | { kind: "object"; event: ObjectEvent }
  /** A request to another service, such as `AWSGlue.GetPartition`. */
  | { kind: "request"; target: string }
  /** A function that ran, with the CPU time of its process, its start included; `error` says why it failed, if it did. */
  | { kind: "invocation"; functionName: string; cpuMs: number; error?: string };

/** What S3 tells its listeners about an object. */
export interface ObjectEvent {
  /** Such as `ObjectCreated:Put`. */
  name: string;
  bucket: string;
  key: string;
  /** Bytes. */
  size: number;
  /** With quotes, as in the header. */
  etag: string;
  /** Grows with every change of the key, as S3's does. */
  sequencer: string;
}
