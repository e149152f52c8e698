import type { Empty as EmptyMessage } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb";
import { createRequire } from "node:module";
import type { Properties } from "./values";

// Messages go into Pulumi's stubs, so they must come from the very copy of google-protobuf that the stubs use.
const requireAsPulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const { Struct } = requireAsPulumi("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: typeof StructMessage;
};
const { Empty } = requireAsPulumi("google-protobuf/google/protobuf/empty_pb.js") as {
  Empty: typeof EmptyMessage;
};

/** The message for no answer. */
export function nothing(): EmptyMessage {
  return new Empty();
}

/** Properties as a message; undefined ones are left out, as in JSON. */
export function toStruct(properties: Properties): StructMessage {
  const defined = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Struct.fromJavaScript(
    Object.fromEntries(defined) as Parameters<typeof StructMessage.fromJavaScript>[0],
  );
}

/** The properties in a message; none if there is no message. */
export function fromStruct(message: StructMessage | undefined): Properties {
  return (message?.toJavaScript() ?? {}) as Properties;
}
