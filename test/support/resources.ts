import type { Resource } from "../../cloud/types";

/** A registered resource whose outputs are its inputs and `computed` ones. */
export function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  computed: Record<string, unknown> = {},
): Resource {
  return {
    urn: `urn:pulumi:test::test::${type}::${name}`,
    type,
    name,
    inputs,
    outputs: { ...inputs, ...computed },
    secretInputs: [],
    parent: "",
  };
}
