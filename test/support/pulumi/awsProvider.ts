import { version } from "@pulumi/aws/package.json";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService, type IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
  ReadResponse,
  UpdateResponse,
  type ConfigureRequest,
  type CreateRequest,
  type DiffRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { fromStruct, nothing, toStruct } from "../../../cloud/pulumi/messages";
import { plain } from "../../../cloud/pulumi/values";
import type { AwsAccount } from "./awsAccount";
import { answer, serve, type Served } from "./grpc";

/** Serves a provider of `aws` resources whose cloud is `account`. Any number of engines may use it. */
export function serveAwsProvider(account: AwsAccount): Promise<Served> {
  return serve<IResourceProviderServer>(ResourceProviderService, {
    handshake: answer(() => new ProviderHandshakeResponse().setAcceptSecrets(true)),
    getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
    attach: answer(nothing),
    cancel: answer(nothing),
    checkConfig: answer((request) => new CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new DiffResponse()),
    configure: answer((request) => configure(account, request)),
    check: answer((request) => {
      account.checked.push(request.getUrn());
      return new CheckResponse().setInputs(request.getNews());
    }),
    diff: answer((request) => diff(account, request)),
    create: answer((request) => create(account, request)),
    update: answer((request) => update(account, request)),
    read: answer((request) => read(account, request)),
    delete: answer((request) => {
      account.delete(request.getUrn(), request.getId());
      return nothing();
    }),
    invoke: answer((request) => {
      const args = plain(fromStruct(request.getArgs()));
      return new InvokeResponse().setReturn(toStruct(account.read(request.getTok(), args)));
    }),
  });
}

function configure(account: AwsAccount, request: ConfigureRequest): ConfigureResponse {
  account.region = fromStruct(request.getArgs()).region as string;
  return new ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true);
}

function diff(account: AwsAccount, request: DiffRequest): DiffResponse {
  const [before, now] = [fromStruct(request.getOldInputs()), fromStruct(request.getNews())];
  const { changed, replacing, deleteFirst } = account.difference(request.getUrn(), before, now);
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  return new DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(replacing)
    .setDeletebeforereplace(replacing.length > 0 && deleteFirst);
}

function create(account: AwsAccount, request: CreateRequest): CreateResponse {
  const inputs = fromStruct(request.getProperties());
  // Outputs that are left out are unknown in a preview.
  if (request.getPreview()) return new CreateResponse().setProperties(toStruct(inputs));
  const { id, properties } = account.create(request.getUrn(), inputs);
  return new CreateResponse().setId(id).setProperties(toStruct(properties));
}

function update(account: AwsAccount, request: UpdateRequest): UpdateResponse {
  const inputs = fromStruct(request.getNews());
  const before = { inputs: fromStruct(request.getOldInputs()), properties: fromStruct(request.getOlds()) };
  const properties = request.getPreview()
    ? account.updated(before, inputs)
    : account.update(request.getUrn(), request.getId(), inputs).properties;
  return new UpdateResponse().setProperties(toStruct(properties));
}

/** No id is the answer for what is gone. */
function read(account: AwsAccount, request: ReadRequest): ReadResponse {
  const found = account.find(request.getUrn(), request.getId());
  if (!found) return new ReadResponse();
  const response = new ReadResponse().setId(found.id).setInputs(toStruct(found.inputs));
  return response.setProperties(toStruct(found.properties));
}
