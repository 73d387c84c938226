/**
 * A Pulumi resource provider over gRPC, made from a {@link Plugin}: what the official plugins' bridge is to them.
 *
 * The protocol: `pulumi/proto/provider.proto` of {@link https://github.com/pulumi/pulumi}. The server is our own because
 * `provider.main` of `@pulumi/pulumi/provider` cannot import, drops the configuration and has no previews.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { decode, encode } from "./codec";
import { toServiceError } from "./serviceError";
import * as lifecycle from "./lifecycle";
import type { Call, Failure, FunctionType, Plugin, ResourceType, Start } from "./resource";
import { holdsSecret, holdsUnknown, plainMap, type PlainMap, type ValueMap } from "./values";

/** A plugin that is being served. */
export interface Serving {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the plugin on loopback, on a port of the system's choice. */
export async function serve<Context>(plugin: Plugin<Context>): Promise<Serving> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": 400 * 1024 * 1024,
    "grpc.max_send_message_length": 400 * 1024 * 1024,
  });
  server.addService(ResourceProviderService, implementation(plugin));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.tryShutdown(() => {
          resolve();
        });
        // The engine's connections stay open between calls; nothing of them is waited for.
        server.forceShutdown();
      }),
  };
}

function implementation<Context>(plugin: Plugin<Context>): grpc.UntypedServiceImplementation {
  const resources = new Map(plugin.resources.map((type) => [type.token, type]));
  const functions = new Map(plugin.functions.map((type) => [type.token, type]));
  const sessions = new Sessions<Context>();

  const typeOf = (urn: string, type: string): ResourceType<Context> => {
    const token = type === "" ? (urn.split("::")[2]?.split("$").at(-1) ?? "") : type;
    const found = resources.get(token);
    if (found === undefined)
      throw new Error(`The stand-in for ${plugin.name} ${plugin.version} has no resource type "${token}".`);
    return found;
  };

  return {
    handshake: unary((request: pb.ProviderHandshakeRequest, peer) => {
      const directory = request.getProgramDirectory();
      sessions.start(peer, directory === undefined || directory === "" ? {} : { programDirectory: directory });
      const response = new pb.ProviderHandshakeResponse();
      return response.setAcceptSecrets(true).setAcceptResources(true).setAcceptOutputs(true);
    }),
    checkConfig: unary((request: pb.CheckRequest) => new pb.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary((request: pb.DiffRequest) => {
      const same =
        JSON.stringify(request.getOlds()?.toJavaScript()) === JSON.stringify(request.getNews()?.toJavaScript());
      const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
      return new pb.DiffResponse().setChanges(same ? DIFF_NONE : DIFF_SOME);
    }),
    configure: unary(async (request: pb.ConfigureRequest, peer) => {
      await sessions.configure(peer, plugin, configurationOf(plugin.name, request));
      const response = new pb.ConfigureResponse();
      return response.setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true).setAcceptoutputs(true);
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(plugin.version)),
    getSchema: unary(() => new pb.GetSchemaResponse().setSchema("{}")),
    attach: unary(() => new Empty()),
    // One process serves many runs of the engine, each of which says good-bye with Cancel.
    cancel: unary(() => new Empty()),

    check: unary((request: pb.CheckRequest) => {
      const type = typeOf(request.getUrn(), request.getType());
      const { inputs, failures } = lifecycle.check(type, plugin.defaultsIn, decode(request.getNews()));
      return new pb.CheckResponse().setInputs(encode(inputs)).setFailuresList(failures.map(checkFailure));
    }),
    diff: unary(async (request: pb.DiffRequest, peer) => {
      const type = typeOf(request.getUrn(), request.getType());
      const state = decode(request.getOlds());
      const news = decode(request.getNews());
      const expired =
        type.expired === undefined || holdsUnknown(news)
          ? []
          : type.expired(await sessions.context(peer), plainMap(state), plainMap(news));
      return diffResponse(lifecycle.diff(type, state, news, request.getIgnorechangesList(), expired));
    }),
    create: unary(async (request: pb.CreateRequest, peer) => {
      const type = typeOf(request.getUrn(), request.getType());
      const inputs = decode(request.getProperties());
      if (request.getPreview()) {
        return new pb.CreateResponse().setProperties(encode(lifecycle.foreseeCreate(type, inputs)));
      }
      const mark = (outputs: PlainMap): ValueMap => lifecycle.mark(type, inputs, outputs);
      try {
        const made = await type.create(await sessions.context(peer), plainInputs(inputs), callOf(request, inputs));
        return new pb.CreateResponse().setId(made.id).setProperties(encode(mark(withId(type, made.id, made.outputs))));
      } catch (error) {
        throw toServiceError(error, mark);
      }
    }),
    read: unary(async (request: pb.ReadRequest, peer) => {
      const type = typeOf(request.getUrn(), request.getType());
      const state = decode(request.getProperties());
      const oldInputs = decode(request.getInputs());
      const context = await sessions.context(peer);
      const found = await type.read(context, request.getId(), plainMap(state));
      const response = new pb.ReadResponse();
      if (found === undefined) return response;
      // A refresh comes with what is known of the resource, an import only with its id.
      const imported = Object.keys(oldInputs).length === 0;
      const outputs = lifecycle.mark(type, oldInputs, withId(type, found.id, found.outputs));
      const inputs = imported
        ? lifecycle.importedInputs(type, plugin.defaultsIn, outputs)
        : lifecycle.refreshedInputs(type, oldInputs, outputs);
      return response.setId(found.id).setProperties(encode(outputs)).setInputs(encode(inputs));
    }),
    update: unary(async (request: pb.UpdateRequest, peer) => {
      const type = typeOf(request.getUrn(), request.getType());
      const state = decode(request.getOlds());
      const inputs = decode(request.getNews());
      if (request.getPreview()) {
        return new pb.UpdateResponse().setProperties(encode(lifecycle.foreseeUpdate(type, state, inputs)));
      }
      if (type.update === undefined) throw new Error(`A change of ${type.token} always needs a new resource.`);
      const context = await sessions.context(peer);
      const mark = (outputs: PlainMap): ValueMap => lifecycle.mark(type, inputs, outputs);
      try {
        const call = callOf(request, inputs);
        const outputs = await type.update(context, request.getId(), plainMap(state), plainInputs(inputs), call);
        return new pb.UpdateResponse().setProperties(encode(mark(withId(type, request.getId(), outputs))));
      } catch (error) {
        throw toServiceError(error, mark);
      }
    }),
    delete: unary(async (request: pb.DeleteRequest, peer) => {
      const type = typeOf(request.getUrn(), request.getType());
      const state = decode(request.getProperties());
      await type.delete(await sessions.context(peer), request.getId(), plainMap(state), callOf(request, state));
      return new Empty();
    }),
    invoke: unary(async (request: pb.InvokeRequest, peer) => {
      const type: FunctionType<Context> | undefined = functions.get(request.getTok());
      if (type === undefined) {
        throw new Error(`The stand-in for ${plugin.name} ${plugin.version} has no function "${request.getTok()}".`);
      }
      const result = await type.invoke(await sessions.context(peer), plainMap(decode(request.getArgs())));
      return new pb.InvokeResponse().setReturn(encode(result));
    }),
  };
}

/** A handler of one call: what it throws becomes the gRPC error, with its message. */
function unary<Request, Response>(
  handle: (request: Request, peer: string) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request, call.getPeer()))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(toServiceError(error));
        },
      );
  };
}

/**
 * What each connection has configured. The engine opens one connection for each provider of a program, so two providers
 * for two tenants do not get in each other's way, as they would not with two processes.
 */
class Sessions<Context> {
  readonly #starts = new Map<string, Start>();
  readonly #contexts = new Map<string, Promise<Context>>();
  #latest: Promise<Context> | undefined;

  start(peer: string, start: Start): void {
    this.#starts.set(peer, start);
  }

  async configure(peer: string, plugin: Plugin<Context>, configuration: ValueMap): Promise<void> {
    // In a preview the configuration may depend on something that does not exist yet: then nothing is called either.
    if (holdsUnknown(configuration)) return;
    const context = plugin.configure(plainMap(configuration), this.#starts.get(peer) ?? {});
    this.#contexts.set(peer, context);
    this.#latest = context;
    await context;
  }

  async context(peer: string): Promise<Context> {
    const context = this.#contexts.get(peer) ?? this.#latest;
    if (context === undefined) throw new Error("The provider is not configured yet.");
    return context;
  }
}

function configurationOf(name: string, request: pb.ConfigureRequest): ValueMap {
  const args = request.getArgs();
  if (args !== undefined) return decode(args);
  const prefix = `${name}:config:`;
  const variables: [string, string][] = [];
  request.getVariablesMap().forEach((value: string, key: string) => {
    variables.push([key.startsWith(prefix) ? key.slice(prefix.length) : key, value]);
  });
  return Object.fromEntries(variables);
}

function plainInputs(inputs: ValueMap): PlainMap {
  const { __defaults: _noted, ...given } = inputs;
  return plainMap(given);
}

function callOf(request: { getUrn(): string }, inputs: ValueMap): Call {
  const secretInputs = Object.keys(inputs).filter((name) => holdsSecret(inputs[name]));
  return { name: request.getUrn().split("::").at(-1) ?? "", secretInputs };
}

function withId(type: ResourceType<never>, id: string, outputs: PlainMap): PlainMap {
  return type.idInOutputs === true ? { ...outputs, id } : outputs;
}

function checkFailure(failure: Failure): pb.CheckFailure {
  return new pb.CheckFailure().setProperty(failure.property).setReason(failure.reason);
}

function diffResponse(difference: lifecycle.Difference): pb.DiffResponse {
  const { Kind } = pb.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new pb.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  response.setChanges(difference.changed.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList([...difference.changed]);
  response.setReplacesList([...difference.replaces]);
  response.setHasdetaileddiff(true);
  for (const [path, { kind, replaces }] of Object.entries(difference.detailed)) {
    response.getDetaileddiffMap().set(path, new pb.PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]));
  }
  return response;
}
