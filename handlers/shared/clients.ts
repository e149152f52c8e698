/**
 * Options for a function's AWS clients: a service that falls silent is given up on, so that the SDK asks again. Without
 * them the SDK waits for as long as the function may run.
 * @param silenceMs how long a connection may stand still, ms
 */
export function clientOptions(silenceMs = 15_000) {
  return { requestHandler: { connectionTimeout: 5_000, socketTimeout: silenceMs } };
}
