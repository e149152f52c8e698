import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Clock, Resource } from "../types";

/** A message as it is stored. */
export interface StoredMessage {
  id: string;
  body: string;
  /** Message attributes, all of them texts. */
  attributes: Record<string, string>;
  /** ms since 1970 */
  sentAt: number;
}

/** The queue of events that functions have not handled yet: like Lambda, a cloud that is killed loses none. */
export const inFlightQueue = "in-flight";

/** Returns the physical names of a program's queues, by ARN. */
export function queuesOf(resources: Resource[]): Map<string, string> {
  return new Map(
    resources
      .filter(({ type }) => type === "aws:sqs/queue:Queue")
      .map(({ outputs }) => [String(outputs.arn), String(outputs.name)]),
  );
}

/**
 * Queues in files, `<cloud's folder>/queues/<queue>/<message>.json`, oldest first. Every method is synchronous, and a
 * crash never leaves half a file.
 */
export class QueueFiles {
  private readonly root: string;

  /** @param dir the cloud's folder */
  constructor(
    dir: string,
    private readonly clock: Clock,
  ) {
    this.root = path.join(dir, "queues");
  }

  send(queue: string, body: string, attributes: Record<string, string> = {}): StoredMessage {
    const sentAt = this.clock.now();
    const id = `${new Date(sentAt).toISOString().replaceAll(":", "")}-${randomUUID()}`;
    const message = { id, body, attributes, sentAt };
    const file = this.file(queue, id);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, JSON.stringify(message, null, 2));
    renameSync(`${file}.tmp`, file);
    return message;
  }

  list(queue: string): StoredMessage[] {
    const folder = path.join(this.root, queue);
    return this.names(queue)
      .sort()
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as StoredMessage);
  }

  /** Counts the messages of a queue without reading them. */
  count(queue: string): number {
    return this.names(queue).length;
  }

  private names(queue: string): string[] {
    const folder = path.join(this.root, queue);
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  }

  /** Returns the names of the queues that hold what failed. */
  failureQueues(): string[] {
    return this.queues().filter((name) => name !== inFlightQueue);
  }

  /** Returns whether an event for the function that the program calls `name` is in flight or has failed. */
  hasEventFor(name: string): boolean {
    const arn = new RegExp(`:function:${name}\\b`);
    return this.queues().some((queue) =>
      this.list(queue).some((message) => arn.test(JSON.stringify(message))),
    );
  }

  delete(queue: string, id: string): void {
    rmSync(this.file(queue, id), { force: true });
  }

  private queues(): string[] {
    return existsSync(this.root) ? readdirSync(this.root).sort() : [];
  }

  private file(queue: string, id: string): string {
    return path.join(this.root, queue, `${id}.json`);
  }
}

/** Returns the checksum by which SDKs check a body. */
export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
