import { UserError } from "../../cloud/errors";
import { didYouMean } from "../../infra/suggest";
import { kindOf, sourceNames, sourcePattern, streamOf, streamsOfSource } from "../../schemas/streams";

/** Returns the scopes that the sources need, sorted, each once. Throws a `UserError` if one is not a source. */
export function scopesFor(sources: string[]): string[] {
  return [...new Set(sources.flatMap(scopesOf))].sort();
}

function scopesOf(source: string): readonly string[] {
  if (!sourcePattern.test(source)) {
    const names = `${sourceNames.slice(0, -1).join(", ")} and ${sourceNames.at(-1)}`;
    throw new UserError(
      `There is no source "${source}"${didYouMean(source, [...sourceNames])} Sources are ${names}.`,
    );
  }
  return streamsOfSource(source).flatMap((stream) => streamOf(kindOf(stream)).scopes);
}
