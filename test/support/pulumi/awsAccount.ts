import { isDeepStrictEqual } from "node:util";
import { readDataSource } from "../../../cloud/pulumi/data-sources";
import { outputsOf } from "../../../cloud/pulumi/models";
import { isArchive, isAsset, plain, type Properties } from "../../../cloud/pulumi/values";
import { forcesNew } from "./replacements";

/** A resource of the account; secrets in its properties are marked. */
export interface LiveResource {
  urn: string;
  type: string;
  id: string;
  inputs: Properties;
  /** Outputs, inputs included. */
  properties: Properties;
}

/** What an update would change. */
export interface Difference {
  changed: string[];
  /** Those of them that only a new resource can have. */
  replacing: string[];
  /** The old resource has to go first: the new one has the same name. */
  deleteFirst: boolean;
}

/**
 * The part of AWS that deployments see: which resources are there, by what names. Outputs come from the embedded cloud's
 * models. A name is taken once, as in AWS, and what is made again under no name of its own gets a new one.
 */
export class AwsAccount {
  readonly accountId = "123456789012";
  region = "";
  /** URNs of what was registered, in previews too. */
  readonly checked: string[] = [];
  private readonly live = new Map<string, LiveResource>();
  /** Ids, ever taken. */
  private readonly taken = new Set<string>();

  /** Resources that are there, of one stack or of all. */
  resources(stack?: string): LiveResource[] {
    return [...this.live.values()].filter(({ urn }) => !stack || urn.startsWith(`urn:pulumi:${stack}::`));
  }

  /** Whatever somebody removes in the console. */
  lose({ type, id }: LiveResource): void {
    this.live.delete(keyOf(type, id));
  }

  find(urn: string, id: string): LiveResource | undefined {
    return this.live.get(keyOf(typeOf(urn), id));
  }

  /** Throws an Error if the name is taken. */
  create(urn: string, inputs: Properties): LiveResource {
    const { id, ...outputs } = this.freshOutputs(urn, inputs);
    const type = typeOf(urn);
    const resource = { urn, type, id, inputs, properties: { ...outputs, ...inputs } };
    this.live.set(keyOf(type, id), resource);
    this.taken.add(keyOf(type, id));
    return resource;
  }

  /** The properties that `resource` gets with new inputs. */
  updated(resource: Pick<LiveResource, "inputs" | "properties">, inputs: Properties): Properties {
    const kept = Object.entries(resource.properties).filter(([key]) => !(key in resource.inputs));
    return { ...Object.fromEntries(kept), ...inputs };
  }

  /** Throws an Error if it is not there. */
  update(urn: string, id: string, inputs: Properties): LiveResource {
    const resource = this.find(urn, id);
    if (!resource) throw new Error(`updating ${typeOf(urn)} (${id}): not found`);
    Object.assign(resource, { properties: this.updated(resource, inputs), inputs });
    return resource;
  }

  delete(urn: string, id: string): void {
    this.live.delete(keyOf(typeOf(urn), id));
  }

  difference(urn: string, before: Properties, now: Properties): Difference {
    const [old, wanted] = [plain(before), plain(now)];
    const changed = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].filter(
      (key) => !isDeepStrictEqual(comparable(old[key]), comparable(wanted[key])),
    );
    const replacing = changed.filter((key) => forcesNew(typeOf(urn), key));
    const deleteFirst = this.outputs(urn, now).id === this.outputs(urn, now, "-other").id;
    return { changed, replacing, deleteFirst };
  }

  /** What a data source answers; throws an Error that says why there is no answer. */
  read(token: string, args: Properties): Properties {
    const account = { project: "", stack: "", region: this.region, accountId: this.accountId };
    const tables = this.resources()
      .filter(({ type }) => type === "aws:glue/catalogTable:CatalogTable")
      .map(({ inputs }) => plain(inputs))
      .map(({ databaseName, name, storageDescriptor }) => ({
        database: databaseName as string,
        name: name as string,
        inputFormat: (storageDescriptor as { inputFormat: string }).inputFormat,
      }));
    return readDataSource(token, args, account, tables);
  }

  private freshOutputs(urn: string, inputs: Properties) {
    const type = typeOf(urn);
    const first = this.outputs(urn, inputs);
    if (!this.taken.has(keyOf(type, first.id))) return first;
    const next = this.outputs(urn, inputs, `-${this.taken.size}`);
    if (this.live.has(keyOf(type, next.id)))
      throw new Error(`creating ${type} (${next.id}): it exists already`);
    return next;
  }

  private outputs(urn: string, inputs: Properties, suffix = "") {
    const [, , stack, project] = /^(urn):(pulumi):(.*?)::(.*?)::/.exec(urn)!.slice(1) as string[];
    const name = urn.split("::").slice(3).join("::") + suffix;
    const account = { project: project!, stack: stack!, region: this.region, accountId: this.accountId };
    return outputsOf({ type: typeOf(urn), name, inputs: plain(inputs) }, account);
  }
}

/** The type of a resource without its parents'. */
function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").pop()!;
}

function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}

/** A plain value, in which an asset or archive is its hash, the only part of it that the engine keeps in the state. */
function comparable(value: unknown): unknown {
  if (isAsset(value) || isArchive(value)) return (value as { hash?: string }).hash;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner as unknown)]));
}
