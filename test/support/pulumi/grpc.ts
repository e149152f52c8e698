import * as grpc from "@grpc/grpc-js";

/** A gRPC service that listens on this machine alone. */
export interface Served {
  port: number;
  stop: () => void;
}

/** Serves the calls that are given; all others of the service are answered as unimplemented. */
export async function serve<Calls extends grpc.UntypedServiceImplementation>(
  service: grpc.ServiceDefinition,
  calls: Partial<Calls>,
): Promise<Served> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(service, calls as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, stop: () => server.forceShutdown() };
}

/** Returns a call that answers with what `respond` returns, or fails with the sentence of what it throws. */
export function answer<Request, Response>(
  respond: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(respond)
      .then(
        (response) => callback(null, response),
        (error: unknown) =>
          callback({
            code: grpc.status.UNKNOWN,
            details: error instanceof Error ? error.message : String(error),
          }),
      );
  };
}
