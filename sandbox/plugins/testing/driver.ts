/** Drives a plugin over gRPC as the engine does, for tests. */
import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Message } from "google-protobuf";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { decode, encode } from "../codec";
import type { Plugin } from "../resource";
import { serve } from "../server";
import type { ValueMap } from "../values";

/** A resource as the state file would hold it. */
export interface Recorded {
  readonly id: string;
  readonly inputs: ValueMap;
  readonly outputs: ValueMap;
}

/** What the engine gets to know of a difference. */
export interface SeenDiff {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  /** Path → `add`, `delete`, `update`, with `-replace` behind where that needs a new resource. */
  readonly detailed: Readonly<Record<string, string>>;
}

export interface Driver {
  readonly client: ResourceProviderClient;
  check(token: string, inputs: ValueMap): Promise<{ inputs: ValueMap; failures: readonly string[] }>;
  /** `check`, then `create`, as in an update. @throws Error with the failures of the check. */
  create(token: string, inputs: ValueMap): Promise<Recorded>;
  previewCreate(token: string, inputs: ValueMap): Promise<ValueMap>;
  diff(token: string, recorded: Recorded, inputs: ValueMap, ignoreChanges?: readonly string[]): Promise<SeenDiff>;
  update(token: string, recorded: Recorded, inputs: ValueMap): Promise<Recorded>;
  previewUpdate(token: string, recorded: Recorded, inputs: ValueMap): Promise<ValueMap>;
  /** Undefined when it is gone. */
  refresh(token: string, recorded: Recorded): Promise<Recorded | undefined>;
  import(token: string, id: string): Promise<Recorded | undefined>;
  remove(token: string, recorded: Recorded): Promise<void>;
  invoke(token: string, args: ValueMap): Promise<ValueMap>;
  info(): Promise<PluginInfo>;
  close(): Promise<void>;
}

/** Serves the plugin, connects to it and configures it. */
export async function drive<Context>(plugin: Plugin<Context>, configuration: ValueMap = {}): Promise<Driver> {
  const serving = await serve(plugin);
  const driver = await connect(serving.port, configuration).catch(async (error: unknown) => {
    await serving.close();
    throw error;
  });
  return {
    ...driver,
    close: async () => {
      await driver.close();
      await serving.close();
    },
  };
}

/** Connects to a plugin that is served already, on a connection of its own, as the engine does for each provider. */
export async function connect(port: number, configuration: ValueMap = {}): Promise<Driver> {
  const client = new ResourceProviderClient(`127.0.0.1:${String(port)}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const urnOf = (token: string): string => `urn:pulumi:test::project::${token}::resource`;
  const config = new pb.ConfigureRequest().setArgs(encode(configuration)).setAcceptsecrets(true);
  try {
    await ask<pb.ConfigureResponse>((done) => client.configure(config, done));
  } catch (error) {
    client.close();
    throw error;
  }
  const check: Driver["check"] = async (token, inputs) => {
    const request = new pb.CheckRequest().setUrn(urnOf(token)).setType(token).setNews(encode(inputs));
    const response = await ask<pb.CheckResponse>((done) => client.check(request, done));
    return {
      inputs: decode(response.getInputs()),
      failures: response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`),
    };
  };
  const checked = async (token: string, inputs: ValueMap): Promise<ValueMap> => {
    const result = await check(token, inputs);
    if (result.failures.length > 0) throw new Error(result.failures.join("; "));
    return result.inputs;
  };
  const create = async (token: string, given: ValueMap, preview: boolean): Promise<Recorded> => {
    const inputs = await checked(token, given);
    const request = new pb.CreateRequest()
      .setUrn(urnOf(token))
      .setType(token)
      .setProperties(encode(inputs))
      .setPreview(preview);
    const response = await ask<pb.CreateResponse>((done) => client.create(request, done));
    return { id: response.getId(), inputs, outputs: decode(response.getProperties()) };
  };
  const update = async (token: string, recorded: Recorded, given: ValueMap, preview: boolean): Promise<Recorded> => {
    const inputs = await checked(token, given);
    const request = new pb.UpdateRequest()
      .setUrn(urnOf(token))
      .setType(token)
      .setId(recorded.id)
      .setOlds(encode(recorded.outputs))
      .setOldInputs(encode(recorded.inputs))
      .setNews(encode(inputs))
      .setPreview(preview);
    const response = await ask<pb.UpdateResponse>((done) => client.update(request, done));
    return { id: recorded.id, inputs, outputs: decode(response.getProperties()) };
  };
  const read = async (request: pb.ReadRequest, token: string): Promise<Recorded | undefined> => {
    const response = await ask<pb.ReadResponse>((done) =>
      client.read(request.setUrn(urnOf(token)).setType(token), done),
    );
    return response.getId() === ""
      ? undefined
      : { id: response.getId(), inputs: decode(response.getInputs()), outputs: decode(response.getProperties()) };
  };
  return {
    client,
    check,
    create: (token, inputs) => create(token, inputs, false),
    previewCreate: async (token, inputs) => (await create(token, inputs, true)).outputs,
    diff: async (token, recorded, given, ignoreChanges = []) => {
      const request = new pb.DiffRequest()
        .setUrn(urnOf(token))
        .setType(token)
        .setId(recorded.id)
        .setOlds(encode(recorded.outputs))
        .setOldInputs(encode(recorded.inputs))
        .setNews(encode(await checked(token, given)))
        .setIgnorechangesList([...ignoreChanges]);
      const response = await ask<pb.DiffResponse>((done) => client.diff(request, done));
      const names = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
      const detailed: Record<string, string> = {};
      response.getDetaileddiffMap().forEach((difference: pb.PropertyDiff, path: string) => {
        detailed[path] = names[difference.getKind()] ?? "";
      });
      const changes = response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_SOME;
      return { changes, replaces: response.getReplacesList(), detailed };
    },
    update: (token, recorded, inputs) => update(token, recorded, inputs, false),
    previewUpdate: async (token, recorded, inputs) => (await update(token, recorded, inputs, true)).outputs,
    refresh: (token, recorded) =>
      read(
        new pb.ReadRequest()
          .setId(recorded.id)
          .setProperties(encode(recorded.outputs))
          .setInputs(encode(recorded.inputs)),
        token,
      ),
    import: (token, id) => read(new pb.ReadRequest().setId(id), token),
    remove: async (token, recorded) => {
      const request = new pb.DeleteRequest()
        .setUrn(urnOf(token))
        .setType(token)
        .setId(recorded.id)
        .setProperties(encode(recorded.outputs));
      await ask<Empty>((done) => client.delete(request, done));
    },
    invoke: async (token, args) => {
      const request = new pb.InvokeRequest().setTok(token).setArgs(encode(args));
      return decode((await ask<pb.InvokeResponse>((done) => client.invoke(request, done))).getReturn());
    },
    info: () => ask<PluginInfo>((done) => client.getPluginInfo(new Empty(), done)),
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** Makes a promise of a call. */
export function ask<Response extends Message>(
  call: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** The half-made resource in an error, as the engine takes it out of the error's details. */
export function initializationFailure(error: unknown): pb.ErrorResourceInitFailed | undefined {
  const metadata = error instanceof Error && "metadata" in error ? error.metadata : undefined;
  const packed = metadata instanceof Metadata ? metadata.get("grpc-status-details-bin")[0] : undefined;
  if (packed === undefined || typeof packed === "string") return undefined;
  const [detail] = Status.deserializeBinary(packed).getDetailsList();
  return (
    detail?.unpack(
      (bytes) => pb.ErrorResourceInitFailed.deserializeBinary(bytes),
      "pulumirpc.ErrorResourceInitFailed",
    ) ?? undefined
  );
}
