import { GetNamedQueryCommand } from "@aws-sdk/client-athena";
import type { Answer } from "../../cloud/lake/cells";
import { namedQueries } from "../../infra/sql";
import type { DeployedStack } from "../stack/deployedStack";
import { fail, pass, pointOf, type Point } from "./point";

/** Asks Athena in the stack's workgroup. Throws a `UserError` if there is no answer. */
export type Asking = (sql: string) => Promise<Answer>;

/** What a stack can answer after its first run; each reads other tables and views, and only the first has to have rows. */
export const askedQueries = ["runs", "freshness", "playlist_summary"];

/** Runs saved queries as the stack has them. */
export async function queryPoints(place: DeployedStack, ask: Asking): Promise<Point[]> {
  const points: Point[] = [];
  for (const name of askedQueries)
    points.push(await pointOf(`query ${name}`, () => queryFinding(name, place, ask)));
  return points;
}

async function queryFinding(name: string, { namedQueries: ids, athena, stack }: DeployedStack, ask: Asking) {
  const NamedQueryId = ids[name];
  if (!NamedQueryId) return fail(`The stack has no such query: run pulumi up --stack ${stack}.`);
  const { NamedQuery } = await athena.client.send(new GetNamedQueryCommand({ NamedQueryId }));
  const { columns, rows } = await ask(NamedQuery!.QueryString!);
  const expected = namedQueries()
    .find((query) => query.name === name)!
    .columns.map((column) => column.name);
  if (String(columns) !== String(expected))
    return fail(`It answers with ${columns.join(", ")}, but this version with ${expected.join(", ")}.`);
  if (name === askedQueries[0] && rows.length === 0)
    return fail("It has no rows, not even of the run just made.");
  return pass(`${rows.length} rows.`);
}
