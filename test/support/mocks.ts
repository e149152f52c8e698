import type * as pulumi from "@pulumi/pulumi";
import { readDataSource } from "../../cloud/pulumi/data-sources";
import type { Account } from "../../cloud/pulumi/models";
import { outputsOf } from "../../cloud/pulumi/models";

/** A resource that a program registered. */
export interface Registered {
  /** Pulumi type token. */
  type: string;
  /** Logical name. */
  name: string;
  inputs: Inputs;
  /** Inputs, and what AWS would compute. */
  outputs: Inputs;
}

/** What a resource is made with. */
export type Inputs = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- read field by field

/** Mocks for Pulumi with the models of the embedded cloud; `take` gets each resource but components. */
export function modelMocks(account: Account, take: (resource: Registered) => void): pulumi.runtime.Mocks {
  return {
    newResource({ type, name, inputs, custom }) {
      if (!custom) return { id: undefined, state: {} };
      const { id, ...state } = outputsOf({ type, name, inputs }, account);
      take({ type, name, inputs, outputs: state });
      return { id, state };
    },
    call: ({ token, inputs }) => readDataSource(token, inputs, account),
  };
}
