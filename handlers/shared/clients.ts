/**
 * Options for a function's AWS clients: they give up on a connection that is silent for 15 seconds, so that the SDK
 * retries. Without them the SDK waits until the function times out.
 */
export const clientOptions = { requestHandler: { connectionTimeout: 5_000, socketTimeout: 15_000 } };
