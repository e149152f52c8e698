import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { UserError } from "../../cloud/errors";
import { failedEvent, type FailedEvent } from "./failed-event";

/** Clients of the queues and the functions. */
export interface RedriveClients {
  sqs: SQSClient;
  lambda: LambdaClient;
}

/** How to redrive. */
export interface RedriveOptions {
  /** Sends nothing. */
  dryRun: boolean;
  /** Stops between two events. */
  signal?: AbortSignal;
  /** Called after each of `total` events. */
  onSent?: (sent: number, total: number) => void;
}

/** What a redrive found and did. */
export interface Redriven {
  events: FailedEvent[];
  /** How many of them were sent again. */
  sent: number;
  /** Ids of messages that are no failed events; they stay. */
  unrecognised: string[];
}

interface Waiting {
  id: string;
  queueUrl: string;
  receipt: string;
  body: string;
  event: FailedEvent | undefined;
}

/** Seconds that messages stay hidden from others, also after a command that was killed. */
const hiddenSeconds = 900;

/**
 * Sends the failed events of the queues again, unchanged. All messages are received first, so an event that fails again
 * at once is not sent twice. A message is deleted only after its function has accepted the event. A redrive that is
 * interrupted loses nothing; at worst it sends one event twice, and every function here is idempotent. Messages that
 * were not sent become visible to others at once.
 * @throws UserError if a queue or a function does not answer
 */
export async function redrive(
  { sqs, lambda }: RedriveClients,
  queueUrls: string[],
  { dryRun, signal, onSent }: RedriveOptions,
): Promise<Redriven> {
  let sent = 0;
  try {
    return await withMessages(sqs, queueUrls, async (waiting, remove) => {
      const known = waiting.filter(({ event }) => event !== undefined);
      for (const message of dryRun ? [] : known) {
        if (signal?.aborted) break;
        await sendAgain(lambda, message.event!);
        await remove(message);
        sent += 1;
        onSent?.(sent, known.length);
      }
      const unrecognised = waiting.filter(({ event }) => event === undefined).map(({ id }) => id);
      return { events: known.map(({ event }) => event!), sent, unrecognised };
    });
  } catch (error) {
    throw new UserError(
      `After ${sent} events: ${(error as Error).message} What was not sent is still in the queue.`,
      { cause: error },
    );
  }
}

/**
 * Removes one message, a failed event or not, for good. Returns the event, if it is one.
 * @throws UserError if no queue has that message, or one does not answer
 */
export async function dropMessage(
  sqs: SQSClient,
  queueUrls: string[],
  id: string,
): Promise<FailedEvent | undefined> {
  try {
    return await withMessages(sqs, queueUrls, async (waiting, remove) => {
      const message = waiting.find((one) => one.id === id);
      if (!message) throw new UserError(`There is no failed event ${id}; --dry-run shows the ids.`);
      await remove(message);
      return message.event;
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Nothing was dropped: ${(error as Error).message}`, { cause: error });
  }
}

/** Removes every message whose body contains `text` for good. Rejects with the SDK's error if a queue does not answer. */
export async function dropMessagesAbout(text: string, sqs: SQSClient, queueUrls: string[]): Promise<void> {
  await withMessages(sqs, queueUrls, async (waiting, remove) => {
    for (const message of waiting) if (message.body.includes(text)) await remove(message);
  });
}

/** Gives `use` all messages. Those that it does not remove become visible to others at once. */
async function withMessages<T>(
  sqs: SQSClient,
  queueUrls: string[],
  use: (waiting: Waiting[], remove: (message: Waiting) => Promise<void>) => Promise<T>,
): Promise<T> {
  const waiting: Waiting[] = [];
  const removed = new Set<Waiting>();
  try {
    for (const queueUrl of queueUrls) await receiveAll(sqs, queueUrl, waiting);
    return await use(waiting, async (message) => {
      const { queueUrl, receipt } = message;
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
      removed.add(message);
    });
  } finally {
    for (const message of waiting) if (!removed.has(message)) await release(sqs, message);
  }
}

/** Adds all messages of a queue to `waiting`. */
async function receiveAll(sqs: SQSClient, queueUrl: string, waiting: Waiting[]): Promise<void> {
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        VisibilityTimeout: hiddenSeconds,
        // A short wait asks all of SQS's servers; none at all asks some, and may miss messages.
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) return;
    for (const message of Messages)
      waiting.push({
        id: message.MessageId!,
        queueUrl,
        receipt: message.ReceiptHandle!,
        body: message.Body ?? "",
        event: failedEvent(message),
      });
  }
}

async function sendAgain(lambda: LambdaClient, { functionName, payload }: FailedEvent): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: "Event",
      Payload: JSON.stringify(payload),
    }),
  );
}

/** Shows a message to others again; if that fails it shows up by itself. */
async function release(sqs: SQSClient, { queueUrl, receipt }: Waiting): Promise<void> {
  await sqs
    .send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receipt,
        VisibilityTimeout: 0,
      }),
    )
    .catch(() => undefined);
}
