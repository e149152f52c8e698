/** How a refusal differs from plain JSON with status and message. */
interface RefusalDetails {
  /** Spotify's code for the reason, beside the message. */
  reason?: string;
  /** Seconds for the header Retry-After. */
  retryAfter?: number;
  /** True: the message alone, as plain text. */
  plain?: boolean;
}

/** An answer that refuses, in the words of Spotify's Web API. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

/** Too many calls in half a minute. `retryAfter` in seconds; Spotify sometimes leaves it out. */
export function rateLimited(retryAfter: number | undefined): ApiError {
  return new ApiError(429, "API rate limit exceeded", { retryAfter });
}

/** Too many calls in a day. `retryAfter` in seconds. */
export function quotaExceeded(retryAfter: number): ApiError {
  return new ApiError(429, "Too many requests", { reason: "QUOTA_EXCEEDED", retryAfter });
}
