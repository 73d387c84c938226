/** The methods of Pulumi's dynamic provider protocol, told by a resource kind. */
import {
  type Applied,
  type Change,
  type Context,
  M365AuditError,
  NotFound,
  PartiallyApplied,
  type Reference,
  type ResourceKind,
  gone,
  problemsOf,
} from "../../core";
import {
  type Properties,
  hasUnknown,
  inputsOf,
  internal,
  isUnknown,
  normalized,
  observedInputs,
  pureJson,
  settledBefore,
} from "./values";

/** The stack's configuration, secrets in the clear. */
export interface Configuration {
  get(key: string): unknown;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/**
 * The names, parameters and results are `pulumi.dynamic.ResourceProvider`'s. `olds` and `props` are recorded state, `news` are
 * inputs; all are plain values.
 */
export interface DynamicHost {
  configure(request: { readonly config: Configuration }): Promise<void>;
  /** Fills in defaults, or says everything that is wrong with what is known, one failure a property. */
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: CheckFailure[] }>;
  /** Without a request: what is recorded against what is declared. */
  diff(id: string, olds: Properties, news: Properties): Promise<DiffResult>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  /** What is there now. An empty id says that nothing is; the engine then forgets the resource. */
  read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

export interface DiffResult {
  readonly changes: boolean;
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
}

/** @param contextOf makes the context from the stack's configuration; without one when the engine has not configured the provider */
export function createDynamicHost(kind: ResourceKind, contextOf: (config?: Configuration) => Context): DynamicHost {
  const { contract } = kind;
  let configured: Context | undefined;
  /** Ids of what this process created or brought up to date in place of creating it. */
  const current = new Set<string>();
  /** By id of what is to stay as it is or to be updated: which declaration says so. */
  const declarations = new Map<string, unknown>();

  /** Whether an object outlives this record of it, because another record is of the same one. */
  function isStillDeclared(id: string, { __urn: urn }: Properties): boolean {
    if (current.has(id)) return true;
    return declarations.has(id) && declarations.get(id) !== urn;
  }

  function contextFor(properties: Properties): Context {
    configured ??= contextOf();
    const urn = properties.__urn;
    return typeof urn === "string" && !isUnknown(urn) ? { ...configured, declaration: urn } : configured;
  }

  async function ensure(properties: Properties, reference: Reference<object>): Promise<Applied<object>> {
    const ctx = contextFor(properties);
    const observed = await kind.observe(ctx, { ...reference, purpose: "apply" });
    if (observed === gone && reference.id !== undefined) {
      // The id of a resource can't change in an update, so what is made anew has to be a new resource to the engine too.
      throw new NotFound({
        operation: "updating",
        subject: `${contract.token} ${reference.id}`,
        happened: "it is no longer there",
        next: "Run `pulumi refresh` so that it is created anew.",
      });
    }
    return kind.apply(ctx, kind.plan(reference.inputs, observed));
  }

  return {
    configure: ({ config }) => {
      configured = contextOf(config);
      return Promise.resolve();
    },

    check: (olds, news) =>
      shown(news, async () => {
        const given = withoutInternal(news);
        const failures = problemsOf(contract.inputs, given, { isDeferred: isUnknown }).map(({ path, message }) => ({
          property: path,
          reason: message,
        }));
        const inputs = failures.length > 0 ? given : normalized(contract, given);
        if (failures.length > 0 || (kind.settle === undefined && kind.news === undefined))
          return { inputs: { ...internal(news), ...inputs }, failures };
        const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hasUnknown(value)));
        const ctx = contextFor(news);
        const now = ctx.clock.now();
        const before = settledBefore(contract, olds);
        const gathered = await kind.gather?.(ctx, inputs, withoutInternal(olds));
        const settled = kind.settle === undefined ? {} : pureJson(kind.settle(known, before, now, gathered));
        for (const line of kind.news?.(known, before, settled, now, gathered) ?? []) ctx.report(line);
        return { inputs: { ...internal(news), ...inputs, ...settled }, failures };
      }),

    diff: (id, olds, news) =>
      shown(news, () => {
        const { changes } = kind.plan(inputsOf(contract, news), { id, state: withoutInternal(olds) });
        const replaces = replacedBy(changes);
        if (replaces.length === 0) declarations.set(id, news.__urn);
        return {
          changes: changes.length > 0,
          replaces,
          deleteBeforeReplace: contract.deleteBeforeReplace === true,
        };
      }),

    create: (news) =>
      shown(news, async () => {
        const { id, state } = await ensure(news, { inputs: inputsOf(contract, news) });
        current.add(id);
        return { id, outs: { ...internal(news), ...pureJson(state) } };
      }),

    read: (id, props) =>
      shown(
        props,
        async () => {
          const last = withoutInternal(props);
          const reference = { id, inputs: inputsOf(contract, props), last, purpose: "refresh" } as const;
          const observed = await kind.observe(contextFor(props), reference);
          if (observed === gone) return { id: "", props: {} };
          const state = pureJson(observed.state);
          return {
            id: observed.id,
            props: { ...internal(props), ...state },
            // All of them: the engine takes an input that is missing here for one that is gone.
            inputs: { ...internal(props), ...observedInputs(contract, state) },
          };
        },
        staleConfiguration,
      ),

    update: (id, olds, news) =>
      shown(news, async () => {
        const { state } = await ensure(news, { id, inputs: inputsOf(contract, news), last: withoutInternal(olds) });
        return { outs: { ...internal(news), ...pureJson(state) } };
      }),

    delete: (id, props) =>
      shown(props, async () => {
        const ctx = contextFor(props);
        if (isStillDeclared(id, props)) {
          // A replacement that turned out to be the same object (a connector, a creation that was repeated, a policy under another name)
          // must outlive the old record.
          ctx.report(`${contract.token} ${id} is kept: it is declared elsewhere in this stack`);
          return;
        }
        await kind.remove(ctx, id, withoutInternal(props));
      }),
  };
}

function withoutInternal(properties: Properties): Properties {
  const own = internal(properties);
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in own)));
}

/** The top-level properties whose changes make a new object. */
function replacedBy(changes: readonly Change[]): string[] {
  const names = changes.filter(({ replaces }) => replaces).map(({ path }) => path.split(/[.[]/)[0] ?? path);
  return [...new Set(names)];
}

/** A refresh is run with the provider configuration that the last update recorded, whatever the stack's configuration says by now. */
const staleConfiguration =
  "A refresh uses the configuration of the last update: if you changed it since, run `pulumi up --refresh=false` once.";
const configurationMatters: readonly string[] = ["AccessRefused", "InvalidInput", "Unavailable", "WrongTenant"];

/**
 * Runs a method and turns our own errors into what the dynamic provider server makes good messages of: the message goes to the
 * resource's diagnostics, `toString()` and `stack` to the stack's, and `id`, `properties` and `reasons` are recorded as what was
 * done before the error.
 */
async function shown<T>(properties: Properties, method: () => T | Promise<T>, advice?: string): Promise<T> {
  try {
    return await method();
  } catch (error) {
    if (!(error instanceof M365AuditError)) throw error;
    const more = advice !== undefined && configurationMatters.includes(error.tag) ? `\n${advice}` : "";
    const shown = Object.assign(new Error(error.message + more, { cause: error }), {
      name: error.tag,
      stack: "",
      toString: () => `${error.tag} ${error.operation} ${error.subject}`,
    });
    if (!(error instanceof PartiallyApplied)) throw shown;
    throw Object.assign(shown, {
      id: error.id,
      properties: { ...internal(properties), ...pureJson(error.state) },
      reasons: [...error.reasons],
    });
  }
}
