import { expect } from "chai";

/** What the simulator knows that nobody may see. */
const secrets = /simulated-(client-secret|refresh-token|access-token|code)/;

/** Fails if one of the simulator's secrets stands in a text that people see. */
export function expectNoSecrets(text: string): void {
  expect(text).not.to.match(secrets);
}
