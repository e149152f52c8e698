import path from "node:path";
import type { BucketStore } from "../handlers/shared/store";
import { glueOperations } from "./glue/glue";
import { crawlersIn, type Crawl, type Crawlers } from "./glue/crawlers";
import { serveJson } from "./aws/json";
import { serveLambda } from "./aws/lambda";
import { PartitionFiles } from "./glue/partitions";
import { inFlightQueue, QueueFiles, queuesOf } from "./aws/queues";
import { sqsOperations } from "./aws/sqs";
import { parametersOf, ssmOperations } from "./aws/ssm";
import { tablesOf } from "./glue/tables";
import { UserError } from "./errors";
import { Access } from "./iam/access";
import { FunctionRoles } from "./iam/functionRoles";
import { EventQueue, type EventFailure, type SubmitOptions } from "./events/events";
import { destinationOf, retryPolicyOf } from "./events/event-policy";
import { deadLetterAttributes, failureRecord } from "./events/failure-record";
import type { LocalServer } from "./http";
import { LocalFunction, type InvokeResult } from "./lambda/function";
import { localStore } from "./s3/localStore";
import { S3Server } from "./s3/server";
import { bucketEvent, bucketTriggers, matches, mayStart, requireStart } from "./events/triggers";
import {
  ruleNamed,
  ruleTriggers,
  scheduledEvent,
  type BucketTrigger,
  type RuleTrigger,
} from "./events/triggers";
import type { Clock, DeployedFunction, ObjectEvent, Program, Resource, Use } from "./types";

/** What a cloud runs, and where. */
interface CloudOptions {
  program: Program;
  /** Folder for what it keeps: `s3/` (buckets), `glue/` (partitions), `queues/` (messages, such as failed events). */
  dir: string;
  /** The time for everyone in it, the functions included. */
  clock: Clock;
  /** Variables for all functions, over their own. */
  environment: Record<string, string>;
  /** Takes each line that a function prints. */
  log: (functionName: string, line: string) => void;
  /** Waits before a failed event is tried again, in ms; short ones by default. */
  retryWaits?: number[];
  /** Is told of everything that AWS would bill. */
  onUse?: (use: Use) => void;
}

/** No server listens there: a call to any other AWS service fails at once and never leaves the machine. */
const nowhere = "http://127.0.0.1:1";

/**
 * A program running on this machine: buckets are folders behind an S3 endpoint, parameters and tables are behind SSM and
 * Glue endpoints, functions are processes, and notifications and rules are the events that start them.
 */
export class Cloud {
  /** What functions and crawlers may do. */
  readonly access: Access;
  private readonly roles: FunctionRoles;
  private readonly s3: S3Server;
  private readonly queue: EventQueue;
  private readonly triggers: BucketTrigger[];
  private readonly crawlers: Crawlers;
  /** By ARN. */
  private readonly functions = new Map<string, LocalFunction>();
  private readonly queueFiles: QueueFiles;
  /** Names by ARN. */
  private readonly queueNames: Map<string, string>;
  private services?: LocalServer;
  private lambda?: LocalServer;
  private s3Url = "";

  private constructor(private readonly options: CloudOptions) {
    const { program, dir, clock, retryWaits = [100, 200] } = options;
    this.access = new Access(program.resources);
    this.roles = new FunctionRoles(this.access, program.functions, program.resources);
    this.triggers = bucketTriggers(program.resources);
    this.crawlers = crawlersIn(program.resources, dir, clock, this.access);
    this.queueFiles = new QueueFiles(dir, clock);
    this.queueNames = queuesOf(program.resources);
    this.queue = new EventQueue({ keep: (failure) => this.keep(failure), clock, retryWaits });
    this.s3 = new S3Server({ root: path.join(dir, "s3"), clock, access: this.access });
    this.s3.on("object", (event: ObjectEvent) => this.notify(event));
    this.s3.on("request", (operation) => this.options.onUse?.({ kind: "s3", operation }));
  }

  /**
   * Starts a program. Its buckets and tables have what the folder holds, and events that were in flight when the folder
   * was last used are delivered again; {@link settle} waits for them.
   */
  static async start(options: CloudOptions): Promise<Cloud> {
    const cloud = new Cloud(options);
    try {
      await cloud.open();
      return cloud;
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  /** Events that a function failed on, retries included, since the start. */
  get failures(): EventFailure[] {
    return this.queue.failures;
  }

  /** How many events wait or are being handled. */
  get inFlight(): number {
    return this.queueFiles.count(inFlightQueue);
  }

  /** Fires a rule: its targets get an event of that time (ms since 1970; by default now). {@link settle} waits for them. */
  fire(ruleName: string, time = this.options.clock.now()): void {
    const { resources } = this.options.program;
    const rule = ruleNamed(resources, ruleName);
    for (const trigger of ruleTriggers(resources, rule)) {
      const event = trigger.input ?? scheduledEvent(rule, time);
      if (mayStart(resources, "events.amazonaws.com", rule.outputs.arn, trigger.functionArn))
        this.submit(trigger.functionArn, event);
      else this.deadLetter(rule, trigger, event);
    }
  }

  /** Starts a crawler, given by its physical or logical name. {@link settle} waits for it. */
  crawl(name: string): void {
    void this.queue.track(this.crawlers.start(name));
  }

  /** The crawls since the start that have ended. */
  get crawls(): Crawl[] {
    return this.crawlers.history;
  }

  /** Sends a function, given by its ARN, physical or logical name, an event of its own. {@link settle} waits for it. */
  send(name: string, event: unknown): void {
    this.submit(name, event);
  }

  /** Runs a function, given by its ARN, physical or logical name, and returns its result; nothing is retried. */
  invoke(name: string, event: unknown): Promise<InvokeResult> {
    return this.queue.track(this.functionNamed(name).invoke(event));
  }

  /**
   * Kills the processes of a function, given by its ARN, physical or logical name; their events are then retried.
   * Resolves, when the processes have ended, with how many there were.
   */
  kill(name: string): Promise<number> {
    return this.functionNamed(name).kill();
  }

  /** URLs of all queues. */
  get queueUrls(): string[] {
    const queues = this.options.program.resources.filter(({ type }) => type === "aws:sqs/queue:Queue");
    return queues.map(({ outputs }) => String(outputs.url));
  }

  /** URLs of the endpoints. */
  get endpoints(): Record<"sqs" | "glue" | "lambda" | "s3", string> {
    const services = `http://${this.services!.address}`;
    return { sqs: services, glue: services, lambda: `http://${this.lambda!.address}`, s3: this.s3Url };
  }

  /** The bucket that the program calls `name`. */
  store(name: string): BucketStore {
    const bucket = this.options.program.resources.find(
      (resource) => resource.type === "aws:s3/bucket:Bucket" && resource.name === name,
    );
    return localStore(this.s3.files, String(bucket!.outputs.bucket));
  }

  /** Resolves when no event, retry or invocation is in flight. */
  settle(): Promise<void> {
    return this.queue.settle();
  }

  /**
   * Resolves when a rule may fire: as {@link settle}, but what objects set off in functions that the rule does not start
   * goes on. It changes nothing that those functions read.
   */
  ready(ruleName: string): Promise<void> {
    const { resources } = this.options.program;
    const triggers = ruleTriggers(resources, ruleNamed(resources, ruleName));
    return this.queue.settleBefore(triggers.map(({ functionArn }) => this.functionNamed(functionArn)));
  }

  /** Stops the functions at once and frees the ports. */
  async stop(): Promise<void> {
    this.queue.stop();
    await Promise.all([...this.functions.values()].map((local) => local.stop()));
    try {
      await this.queue.settle();
    } finally {
      await Promise.all([this.s3.close(), this.services?.close(), this.lambda?.close()]);
    }
  }

  private async open(): Promise<void> {
    const { program, dir, clock, log } = this.options;
    const { resources } = program;
    this.s3Url = await this.s3.start();
    for (const bucket of resources.filter(({ type }) => type === "aws:s3/bucket:Bucket")) {
      await this.s3.createBucket(String(bucket.outputs.bucket));
    }
    const operations = {
      ...ssmOperations(parametersOf(resources)),
      ...glueOperations(tablesOf(resources), new PartitionFiles(dir), clock),
      ...this.crawlers.operations(),
      ...sqsOperations([...this.queueNames.values()], this.queueFiles),
    };
    this.services = await serveJson(operations, {
      onRequest: (target) => this.options.onUse?.({ kind: "request", target }),
      access: this.access,
      clock,
    });
    this.lambda = await serveLambda((name, event) => this.submit(name, event));
    const servicesUrl = `http://${this.services.address}`;
    const environment = {
      ...this.options.environment,
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_S3: this.s3Url,
      AWS_ENDPOINT_URL_SSM: servicesUrl,
      AWS_ENDPOINT_URL_GLUE: servicesUrl,
    };
    for (const deployed of program.functions) {
      const { inputs } = resources.find(({ outputs }) => outputs.arn === deployed.arn) ?? {};
      const concurrency = inputs?.reservedConcurrentExecutions as number | undefined;
      const own = { environment: { ...environment, ...this.roles.keyOf(deployed) }, concurrency };
      const running = { ...own, clock, log, onResult: this.ended.bind(this) };
      this.functions.set(deployed.arn, new LocalFunction(deployed, running));
    }
    for (const trigger of this.triggers) {
      this.functionNamed(trigger.functionArn);
      requireStart(resources, trigger);
    }
    for (const { id, body } of this.queueFiles.list(inFlightQueue)) {
      const { functionArn, event } = JSON.parse(body) as { functionArn: string; event: unknown };
      if (this.functions.has(functionArn)) this.deliver(this.functionNamed(functionArn), event, id);
      else this.queueFiles.delete(inFlightQueue, id);
    }
  }

  private ended(deployed: DeployedFunction, result: InvokeResult): void {
    const { cpuMs = 0 } = result;
    const error = result.ok ? undefined : result.error.errorMessage;
    this.options.onUse?.({ kind: "invocation", functionName: deployed.name, cpuMs, error });
    this.queue.attempt(() => this.roles.requireLog(deployed));
  }

  private notify(event: ObjectEvent): void {
    this.options.onUse?.({ kind: "object", event });
    for (const trigger of this.triggers) {
      if (!matches(trigger, event)) continue;
      const sent = bucketEvent(trigger, event, this.options.clock.now());
      this.submit(trigger.functionArn, sent, { ofObject: true });
    }
  }

  private submit(functionArn: string, event: unknown, options: SubmitOptions = {}): void {
    const target = this.functionNamed(functionArn);
    const message = JSON.stringify({ functionArn: target.deployed.arn, event });
    this.deliver(target, event, this.queueFiles.send(inFlightQueue, message).id, options);
  }

  private deliver(target: LocalFunction, event: unknown, id: string, options: SubmitOptions = {}): void {
    const policy = retryPolicyOf(target.deployed, this.options.program.resources);
    const ended = () => this.queueFiles.delete(inFlightQueue, id);
    this.queue.submit(target, event, policy, { ...options, ended });
  }

  /** Sends a failed event to the function's failure destination; without one Lambda drops it. */
  private keep(failure: EventFailure): void {
    const queue = destinationOf(failure, this.options.program.resources);
    if (queue === undefined) return;
    const name = this.queueNamed(queue);
    this.roles.requireDestination(failure.functionArn, queue);
    this.queueFiles.send(name, JSON.stringify(failureRecord(failure)));
  }

  /** Sends an event that a rule may not deliver to its dead-letter queue, as EventBridge does. */
  private deadLetter(rule: Resource, { functionArn, deadLetterArn }: RuleTrigger, event: unknown): void {
    if (deadLetterArn === undefined)
      throw new UserError(
        `The rule ${rule.name} may not start ${functionArn}: the program gives no permission.`,
      );
    const queue = this.queueNamed(deadLetterArn);
    const ruleArn = String(rule.outputs.arn);
    this.access.requireService("events.amazonaws.com", ruleArn, "sqs:SendMessage", deadLetterArn);
    this.queueFiles.send(queue, JSON.stringify(event), deadLetterAttributes(ruleArn, functionArn));
  }

  private queueNamed(arn: string): string {
    const name = this.queueNames.get(arn);
    if (name === undefined)
      throw new UserError(`Failed events are to go to the queue ${arn}, but there is no such queue.`);
    return name;
  }

  private functionNamed(name: string): LocalFunction {
    const declared = this.options.program.resources.find(
      (resource) => resource.type === "aws:lambda/function:Function" && resource.name === name,
    );
    const found =
      this.functions.get(String(declared?.outputs.arn ?? name)) ??
      [...this.functions.values()].find(({ deployed }) => deployed.name === name);
    if (found) return found;
    const known = [...this.functions.values()].map(({ deployed }) => deployed.name).join(", ") || "none";
    throw new UserError(`There is no function ${name}; the program's functions: ${known}.`);
  }
}
