/** What a stand-in plugin is made of: resource types, functions, and a configuration that gives both their context. */
import type { PlainMap } from "./values";

/** How one property of a resource type behaves, in the terms of the Terraform schemas behind the official plugins. */
export interface Property {
  /** Whether the program must or may set it. Absent: only an output. */
  readonly input?: "required" | "optional";
  /** The service fills it in where the program is silent; the program's silence then is no change. */
  readonly computed?: boolean;
  /** What silence means; for an output, what each plan sets it back to. */
  readonly default?: boolean | number | string;
  /** A change of it needs a new resource. */
  readonly replaces?: boolean;
  /** Kept encrypted in the state. */
  readonly secret?: boolean;
  /** A set: the order of its elements is no change. */
  readonly unordered?: boolean;
  /** Holds nested blocks, in each of which the bridge notes `__defaults` as well. */
  readonly blocks?: boolean;
  /** Values that are allowed. */
  readonly oneOf?: readonly (number | string)[];
  /** Must be a GUID. */
  readonly guid?: boolean;
  /** Must be a time in RFC 3339. */
  readonly time?: boolean;
  /** Derived from all inputs: secret when one of them is, and unknown in the preview of an update. */
  readonly derived?: boolean;
}

/** A problem with the program's inputs. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** A resource as it is: its id and its outputs. */
export interface Resource {
  readonly id: string;
  readonly outputs: PlainMap;
}

/** What a resource's code gets to know of the call besides the values. */
export interface Call {
  /** The logical name in the program. */
  readonly name: string;
  /** Names of the inputs that are secret; values of these may not appear in messages. */
  readonly secretInputs: readonly string[];
}

/** One resource type of a plugin. All inputs and outputs here are plain values; the server keeps the marks. */
export interface ResourceType<Context> {
  readonly token: string;
  readonly properties: Readonly<Record<string, Property>>;
  /** Whether outputs repeat the id, as all bridged plugins do. */
  readonly idInOutputs?: boolean;
  /** Rules across properties. */
  validate?(inputs: PlainMap): readonly Failure[];
  /** Properties because of which what is there must be replaced although the program changed nothing. */
  expired?(context: Context, state: PlainMap, inputs: PlainMap): readonly string[];
  /**
   * @throws InitializationFailed when the resource is there but not as it should be; the engine then records it.
   */
  create(context: Context, inputs: PlainMap, call: Call): Promise<Resource>;
  /** `state` is empty in an import. Undefined: it is gone. */
  read(context: Context, id: string, state: PlainMap): Promise<Resource | undefined>;
  /** Absent where every change replaces. */
  update?(context: Context, id: string, state: PlainMap, inputs: PlainMap, call: Call): Promise<PlainMap>;
  delete(context: Context, id: string, state: PlainMap, call: Call): Promise<void>;
}

/** A function (data source) of a plugin. */
export interface FunctionType<Context> {
  readonly token: string;
  invoke(context: Context, args: PlainMap): Promise<PlainMap>;
}

/** What a process of the engine tells a plugin when it starts it. */
export interface Start {
  /** The folder of the Pulumi program, where the engine tells it. */
  readonly programDirectory?: string;
}

/** A stand-in for one official plugin. */
export interface Plugin<Context> {
  readonly name: string;
  /** The version of the official plugin that it stands in for. */
  readonly version: string;
  /**
   * Where defaults of properties are recorded: with the inputs, listed in `__defaults` (plugins on Terraform's SDK v2),
   * or only with the outputs (on Terraform's plugin framework, and native ones).
   */
  readonly defaultsIn: "inputs" | "outputs";
  readonly resources: readonly ResourceType<Context>[];
  readonly functions: readonly FunctionType<Context>[];
  /** Makes the context from the provider's configuration (`<plugin>:<name>` of the stack, or a Provider's arguments). */
  configure(configuration: PlainMap, start: Start): Promise<Context>;
}

/** A resource was made, but a later step failed: what there is of it goes to the state. */
export class InitializationFailed extends Error {
  override readonly name = "InitializationFailed";
  constructor(
    readonly resource: Resource,
    readonly reason: string,
  ) {
    super(reason);
  }
}
