import { expect } from "chai";
import { sourceNames, sourceOf } from "../../dashboards/sources";
import { views } from "../../infra/sql";
import { tables } from "../../schemas";

/** The rest of dashboards/ has packages of its own and is tested there: npm run test:dashboards. */
describe("what dashboards/ reads", () => {
  const columns = new Map(
    [...views(), ...tables].map((one) => [one.name as string, one.columns.map(({ name }) => name)]),
  );

  for (const source of sourceNames)
    it(`${source} has its columns`, () => {
      const { columns: read, period } = sourceOf(source);
      expect(columns.get(source)).to.include.members(["listener_id", ...read, ...(period ? [period] : [])]);
    });
});
