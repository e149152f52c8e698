import type {
  ChangeMessageVisibilityRequest,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  ReceiveMessageRequest,
  SendMessageRequest,
} from "@aws-sdk/client-sqs";
import { performance } from "node:perf_hooks";
import { AwsError, type Operations } from "./json";
import { md5, type QueueFiles, type StoredMessage } from "./queues";

const maxReceived = 10;
const defaultVisibilityTimeout = 30;

/**
 * Returns the operations that send, receive and delete messages of the queues with these names. As in SQS, a received
 * message is hidden for its visibility timeout (in real time) and appears again if it was not deleted. A restart of the
 * cloud makes all messages visible. There is no long polling.
 */
export function sqsOperations(names: string[], files: QueueFiles): Operations {
  /** Until when a message is hidden, by its id, on the clock of this process. */
  const hidden = new Map<string, number>();
  const isHidden = ({ id }: StoredMessage) => (hidden.get(id) ?? 0) > performance.now();
  const hide = (id: string, seconds: number) => hidden.set(id, performance.now() + seconds * 1000);

  return {
    "AmazonSQS.SendMessage": ({ QueueUrl, MessageBody, MessageAttributes = {} }: SendMessageRequest) => {
      const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
        name,
        StringValue ?? "",
      ]);
      const queue = queueAt(names, QueueUrl);
      const { id } = files.send(queue, MessageBody!, Object.fromEntries(attributes));
      return { MessageId: id, MD5OfMessageBody: md5(MessageBody!) };
    },
    "AmazonSQS.ReceiveMessage": (request: ReceiveMessageRequest) => {
      const { MaxNumberOfMessages = 1, VisibilityTimeout = defaultVisibilityTimeout } = request;
      if (MaxNumberOfMessages < 1 || MaxNumberOfMessages > maxReceived)
        throw new AwsError(
          "InvalidParameterValue",
          `MaxNumberOfMessages must be between 1 and ${maxReceived}.`,
        );
      const all = files.list(queueAt(names, request.QueueUrl));
      const received = all.filter((message) => !isHidden(message)).slice(0, MaxNumberOfMessages);
      for (const { id } of received) hide(id, VisibilityTimeout);
      return received.length > 0 ? { Messages: received.map(describe) } : {};
    },
    "AmazonSQS.DeleteMessage": ({ QueueUrl, ReceiptHandle }: DeleteMessageRequest) => {
      files.delete(queueAt(names, QueueUrl), ReceiptHandle!);
      hidden.delete(ReceiptHandle!);
      return {};
    },
    "AmazonSQS.ChangeMessageVisibility": (request: ChangeMessageVisibilityRequest) => {
      queueAt(names, request.QueueUrl);
      hide(request.ReceiptHandle!, request.VisibilityTimeout!);
      return {};
    },
    "AmazonSQS.GetQueueAttributes": ({ QueueUrl }: GetQueueAttributesRequest) => {
      const all = files.list(queueAt(names, QueueUrl));
      const invisible = all.filter(isHidden).length;
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(all.length - invisible),
          ApproximateNumberOfMessagesNotVisible: String(invisible),
        },
      };
    },
  };
}

/** The name of a queue, which its URL ends with. */
function queueAt(names: string[], url: string | undefined): string {
  const name = String(url).slice(String(url).lastIndexOf("/") + 1);
  if (names.includes(name)) return name;
  throw new AwsError("QueueDoesNotExist", `The specified queue ${name} does not exist.`);
}

function describe({ id, body, attributes, sentAt }: StoredMessage): object {
  const named = Object.entries(attributes).map(([name, StringValue]) => [
    name,
    { DataType: "String", StringValue },
  ]);
  return {
    MessageId: id,
    ReceiptHandle: id,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: { SentTimestamp: String(sentAt) },
    ...(named.length > 0 && { MessageAttributes: Object.fromEntries(named) as object }),
  };
}
