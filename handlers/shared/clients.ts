/**
 * Options for a function's AWS clients: they give up on a connection that is silent for 15 seconds, so that the SDK
 * retries. Without them the SDK waits until the function times out.
 */
export const clientOptions = { requestHandler: { connectionTimeout: 5_000, socketTimeout: 15_000 } };

/**
 * Options for a function's S3 client. S3 checks each written body against the SHA-256 that the request's signature
 * holds, and raw objects are gzip, which has a checksum of its own: the SDK's CRC32 of every body would be a third one.
 */
export const s3ClientOptions = {
  ...clientOptions,
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
} as const;
