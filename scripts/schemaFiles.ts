import { refusal, type FrozenGeneration } from "../infra/generations";
import { UserError } from "../cloud/errors";
import { tablesDoc } from "./tablesDoc";

/**
 * The files that follow from schemas/ and views/, by path from the project's folder: the lock, the data dictionary and,
 * if the generation was raised, the earlier one. Throws a `UserError` if the specs may not become of those in the lock.
 */
export function schemaFiles(
  lock: FrozenGeneration | undefined,
  now: FrozenGeneration,
): Record<string, string> {
  const refused = lock && refusal(lock, now);
  if (refused !== undefined) throw new UserError(refused);
  const isRaised = lock !== undefined && now.generation > lock.generation;
  return {
    "schemas/lock.json": JSON.stringify(now),
    ...(isRaised && { [`schemas/earlier/g${lock.generation}.json`]: JSON.stringify(lock) }),
    "docs/tables.md": tablesDoc(now.views),
  };
}
