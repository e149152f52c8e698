/**
 * An error that the user can fix: its message is one sentence that says what is wrong and what to do. Commands print it
 * without a stack trace and exit with code 1.
 */
export class UserError extends Error {}
