/** Hides the AWS SDK's warning about Node 20: it is for developers, not for users of a command. */
export function hideNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
}
