import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/**
 * Listens to what registers with Pulumi's mocks, which do not tell their user about protection. Returns a function that
 * returns what is protected so far, such as `Bucket raw`; what inherits it counts, as it does for the engine. `hasOption` asks for another option.
 */
export function hearProtection(
  hasOption = (request: RegisterResourceRequest) => request.getProtect(),
): () => string[] {
  const names: string[] = [];
  const monitor = pulumi.runtime.getMonitor()!;
  const register = monitor.registerResource.bind(monitor) as (
    ...args: unknown[]
  ) => ReturnType<typeof monitor.registerResource>;
  monitor.registerResource = (request: RegisterResourceRequest, ...rest: unknown[]) => {
    if (hasOption(request)) names.push(`${request.getType().split(/[:/]/).at(-1)} ${request.getName()}`);
    return register(request, ...rest);
  };
  return () => names;
}
