import * as grpc from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  LogSeverity,
  SetRootResourceResponse,
  type LogRequest,
  type SetRootResourceRequest,
} from "@pulumi/pulumi/proto/engine_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService, type IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterPackageResponse,
  RegisterResourceResponse,
  SupportsFeatureResponse,
  type ReadResourceRequest,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type ResourceInvokeRequest,
  type SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { UserError } from "../errors";
import type { Resource } from "../types";
import { DataSourceFailure, readDataSource, type LiveTable } from "./data-sources";
import { fromStruct, nothing, toStruct } from "./messages";
import { outputsOf, type Account } from "./models";
import { markersFor, refuseUnmodelled } from "./unmodelled";
import { holdsSecret, plain, secret, type Properties } from "./values";

/** What a program may ask the engine for (pulumi/pulumi, pkg/resource/deploy/source_eval.go, SupportsFeature). */
const features = ["secrets", "aliasSpecs", "deletedWith", "replaceWith", "parameterization"];

const stackType = "pulumi:pulumi:Stack";

/** Whose cloud the engine stands for, and who hears of what happens. */
interface EngineOptions {
  account: Account;
  /** What is there already; none by default. */
  liveTables?: LiveTable[];
  /** Put a marker in the place of each output that no model computes, instead of leaving it out. */
  markUnmodelled: boolean;
  /** Takes what the program logs at level info or warning. */
  log: (line: string) => void;
  /** Called once, when the program asks for something that cannot be; {@link Engine.failure} says what. */
  onFailure: () => void;
}

/**
 * The other side of a Pulumi program: it speaks the engine's gRPC protocol, keeps the resources that the program
 * registers and answers with what their providers would have computed. It creates nothing.
 */
export class Engine {
  readonly resources: Resource[] = [];
  /** Stack outputs, secrets in plain text. */
  outputs: Properties = {};
  /** What the program logged as errors. */
  readonly errors: string[] = [];
  /** Whether the program came to its end and nothing it began is left open. */
  finished = false;
  /** Why the engine refused a call, if it did. */
  failure: unknown;
  /** `host:port`. */
  address = "";

  private readonly byUrn = new Map<string, Resource>();
  private rootUrn = "";
  private readonly server = new grpc.Server({ "grpc.max_receive_message_length": -1 });

  private constructor(private readonly options: EngineOptions) {
    const monitor: Partial<IResourceMonitorServer> = {
      supportsFeature: this.answer((request) => this.supportsFeature(request)),
      invoke: this.answer((request) => this.invoke(request)),
      readResource: this.answer((request) => this.readResource(request)),
      registerResource: this.answer((request) => this.registerResource(request)),
      registerResourceOutputs: this.answer((request) => this.registerResourceOutputs(request)),
      registerPackage: this.answer(() => new RegisterPackageResponse().setRef("package")),
      signalAndWaitForShutdown: this.answer(() => {
        this.finished = true;
        return nothing();
      }),
    };
    const engine: Partial<IEngineServer> = {
      log: this.answer((request) => this.log(request)),
      getRootResource: this.answer(() => new GetRootResourceResponse().setUrn(this.rootUrn)),
      setRootResource: this.answer((request) => this.setRootResource(request)),
    };
    this.server.addService(ResourceMonitorService, monitor as grpc.UntypedServiceImplementation);
    this.server.addService(EngineService, engine as grpc.UntypedServiceImplementation);
  }

  /** An engine that listens on this machine alone. */
  static async start(options: EngineOptions): Promise<Engine> {
    const engine = new Engine(options);
    const port = await new Promise<number>((resolve, reject) =>
      engine.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    engine.address = `127.0.0.1:${port}`;
    return engine;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private answer<Request, Response>(
    respond: (request: Request) => Response,
  ): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
      try {
        callback(null, respond(call.request));
      } catch (error) {
        if (error instanceof DataSourceFailure) {
          return callback({ code: grpc.status.UNKNOWN, details: error.details });
        }
        callback({ code: grpc.status.FAILED_PRECONDITION, details: String(error) });
        if (this.failure !== undefined) return;
        this.failure = error;
        this.options.onFailure();
      }
    };
  }

  private supportsFeature(request: SupportsFeatureRequest): SupportsFeatureResponse {
    return new SupportsFeatureResponse().setHassupport(features.includes(request.getId()));
  }

  private invoke(request: ResourceInvokeRequest): InvokeResponse {
    const { account, liveTables } = this.options;
    const result = readDataSource(request.getTok(), fromStruct(request.getArgs()), account, liveTables);
    return new InvokeResponse().setReturn(toStruct(result));
  }

  private readResource(request: ReadResourceRequest): never {
    throw new UserError(
      `The embedded cloud holds only what the program makes, so it cannot read the ${request.getType()} ` +
        `"${request.getName()}" that is to exist already.`,
    );
  }

  private registerResource(request: RegisterResourceRequest): RegisterResourceResponse {
    const [type, name] = [request.getType(), request.getName()];
    if (request.getRemote()) {
      throw new UserError(`The embedded cloud does not know the remote component ${type} ("${name}").`);
    }
    const urn = this.urnOf(request);
    if (this.byUrn.has(urn)) {
      throw new UserError(
        `Two resources of type ${type} are named "${name}"; give one of them another name.`,
      );
    }
    const given = fromStruct(request.getObject());
    const inputs = plain(given);
    refuseUnmodelled(inputs, {
      name: (path) =>
        path[0] === "code"
          ? `The code of ${type} "${name}"`
          : `Input "${path.join(".")}" of ${type} "${name}"`,
      sources: ([input]) => sourcesOf(request, input!),
    });
    const response = new RegisterResourceResponse().setUrn(urn);
    const resource: Resource = {
      urn,
      type,
      name,
      inputs,
      outputs: {},
      secretInputs: Object.keys(given).filter((input) => holdsSecret(given[input])),
      parent: request.getParent(),
    };
    if (request.getCustom()) {
      const { id, ...outputs } = outputsOf(resource, this.options.account);
      resource.outputs = { ...outputs, id };
      response.setId(id).setObject(toStruct(this.visibleOutputs(request, outputs, given)));
    }
    this.byUrn.set(urn, resource);
    this.resources.push(resource);
    return response;
  }

  /** The outputs as the program sees them: with its inputs as it gave them, secrets included. */
  private visibleOutputs(
    request: RegisterResourceRequest,
    outputs: Properties,
    given: Properties,
  ): Properties {
    const visible = { ...outputs, ...given };
    for (const output of request.getAdditionalsecretoutputsList()) {
      if (output in visible && !holdsSecret(visible[output])) visible[output] = secret(visible[output]);
    }
    return this.options.markUnmodelled ? { ...markersFor(request.getType(), visible), ...visible } : visible;
  }

  /** The form is documented: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
  private urnOf(request: RegisterResourceRequest): string {
    const { stack, project } = this.options.account;
    const parentType = request.getParent().split("::")[2];
    const ownType = request.getType();
    const type = !parentType || parentType === stackType ? ownType : `${parentType}$${ownType}`;
    return `urn:pulumi:${stack}::${project}::${type}::${request.getName()}`;
  }

  private registerResourceOutputs(request: RegisterResourceOutputsRequest): Empty {
    const resource = this.byUrn.get(request.getUrn());
    const outputs = plain(fromStruct(request.getOutputs()));
    if (resource) Object.assign(resource.outputs, outputs);
    if (resource?.type === stackType) {
      refuseUnmodelled(outputs, {
        name: (path) => `Stack output "${path.join(".")}"`,
        sources: () => [],
      });
      this.outputs = outputs;
    }
    return nothing();
  }

  private setRootResource(request: SetRootResourceRequest): SetRootResourceResponse {
    this.rootUrn = request.getUrn();
    return new SetRootResourceResponse();
  }

  private log(request: LogRequest): Empty {
    const severity = request.getSeverity();
    if (severity === LogSeverity.ERROR) this.errors.push(request.getMessage());
    else if (severity !== LogSeverity.DEBUG) this.options.log(request.getMessage());
    return nothing();
  }
}

/** The resources that an input is made from. */
function sourcesOf(request: RegisterResourceRequest, input: string): string[] {
  const urns = request.getPropertydependenciesMap().get(input)?.getUrnsList() ?? [];
  return urns.map((urn) => {
    const [, , type, name] = urn.split("::");
    return `${type!.split("$").pop()} "${name}"`;
  });
}
