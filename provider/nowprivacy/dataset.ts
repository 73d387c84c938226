/** What data sources belong to, and through whose security groups users see their data. */
import { z } from "zod";
import { type Context, type Contract, InvalidInput, type Observation, defineKind, gone, planProperties } from "../core";
import type { Backend, Dataset, DatasetChange } from "./backend";
import { handOver } from "./byHand";
import { connectBackend, idempotencyKey } from "./connect";
import { operatorSettled, operatorStatuses } from "../operator/secretReference";
import { text } from "./schemas";

const groupsMissing =
  "none was given; allowed: at least one security group, because without one nobody sees the data; `visibleToNobody: true` says that " +
  "this is meant, and `adoptExisting: true` takes over a dataset as it is";
const contradiction = "security groups were given together with `visibleToNobody: true`; allowed: one of the two";

/** Said together with whatever else is wrong. */
const readable = z.looseObject({
  securityGroups: z.array(z.string()).optional(),
  visibleToNobody: z.boolean().optional(),
  adoptExisting: z.boolean().optional(),
});
const visibility = {
  path: ["securityGroups"],
  when: ({ value }: { readonly value: unknown }) => readable.safeParse(value).success,
};

export const datasetContract = {
  token: "m365audit:nowprivacy:Dataset",
  description:
    "A dataset of NOW Privacy: what data sources belong to. Users see its data through its security groups, and not at all without one.",
  inputs: z
    .strictObject({
      /** Name, unique in the product. Required. A change renames in place, since a replacement would take all data with it. */
      name: text,
      /**
       * Names of the security groups whose members see the data; they are made in the product. A new dataset without one is refused
       * unless `visibleToNobody` is true. Where they are not given, those of a dataset that was taken over stay as they are. A change
       * updates in place, and the order is no difference.
       */
      securityGroups: z.array(text).optional(),
      /**
       * That nobody is meant to see the data: no security group. A group that someone adds is taken away again. Default: false. A
       * change updates in place.
       */
      visibleToNobody: z.boolean().default(false),
      /**
       * Use the dataset of this name if there is one already, instead of failing. It is never deleted then: when the resource is
       * removed, the dataset stays as it is. Default: false. It only matters until the dataset is made or taken over.
       */
      adoptExisting: z.boolean().default(false),
    })
    .refine(
      ({ securityGroups = [], visibleToNobody, adoptExisting }) =>
        securityGroups.length > 0 || visibleToNobody || adoptExisting,
      { ...visibility, params: { dependsOn: ["visibleToNobody", "adoptExisting"] }, error: groupsMissing },
    )
    .refine(({ securityGroups = [], visibleToNobody }) => securityGroups.length === 0 || !visibleToNobody, {
      ...visibility,
      params: { dependsOn: ["visibleToNobody"] },
      error: contradiction,
    }),
  settled: z.strictObject(operatorSettled),
  outputs: z.strictObject({
    /** What data sources refer to. */
    datasetId: z.string(),
    /** Names of all security groups whose members see the data. */
    visibleTo: z.array(z.string()),
    /** Whether the dataset was there before this resource and was taken over (`adoptExisting`). */
    adopted: z.boolean(),
    /** How it stands with the operator backend: `awaitingOperator`, `attested` or `drifted`. Absent with others. */
    status: z.enum(operatorStatuses).meta({ typeName: "OperatorStatus" }).optional(),
    /** The product's own id of it, as it was attested. Only with the operator backend. */
    vendorId: z.string().optional(),
  }),
  // Names are unique.
  deleteBeforeReplace: true,
} as const satisfies Contract;

export type DatasetInputs = z.output<typeof datasetContract.inputs>;
export type DatasetState = DatasetInputs & z.output<typeof datasetContract.outputs>;

export const dataset = defineKind<DatasetInputs, DatasetState, unknown>({
  contract: datasetContract,

  async observe(ctx, { id, inputs, last }) {
    const backend = await connectBackend(ctx);
    if (backend.createOnly === true) return id === undefined ? gone : recorded(id, last);
    if (id === undefined) return inputs.adoptExisting ? existing(ctx, backend, inputs) : gone;
    const found = await backend.dataset(id);
    return found === gone ? gone : observation(found, inputs, last?.["adopted"] === true);
  },

  plan: (desired, observed) =>
    planProperties(
      datasetContract,
      sorted(desired),
      observed === gone ? gone : { ...observed, state: sorted(observed.state) },
    ),

  async apply(ctx, { desired, observed, changes }) {
    const backend = await connectBackend(ctx);
    const groups = wantedGroups(desired);
    if (observed !== gone) {
      const { id, state } = observed;
      const real = changes.filter(({ path }) => path !== "adoptExisting");
      if (backend.createOnly === true) {
        handOver(ctx, `dataset "${state.name}"`, id, real);
        return { id, state: { ...state, ...desired } };
      }
      if (real.length === 0) return { id, state: { ...state, adoptExisting: desired.adoptExisting } };
      const change: DatasetChange = {
        ...(real.some(({ path }) => path === "name") ? { name: desired.name } : {}),
        ...(groups !== undefined && !sameSet(groups, state.visibleTo)
          ? { securityGroups: groups, ...(groups.length === 0 ? { visibleToNobody: true } : {}) }
          : {}),
      };
      const found = await backend.changeDataset(id, change);
      return observation(found, desired, state.adopted);
    }
    if (groups === undefined && backend.createOnly !== true) throw nothingToAdopt(desired.name);
    const { object, isNew } = await backend.addDataset(
      {
        name: desired.name,
        securityGroups: groups ?? [],
        ...(desired.visibleToNobody ? { visibleToNobody: true } : {}),
      },
      idempotencyKey(ctx, "dataset"),
    );
    // A file cannot ask, so a dataset that may be there already counts as someone else's.
    const adopted = backend.createOnly === true && desired.adoptExisting;
    if (isNew) return observation(object, desired, adopted);
    ctx.report(goingOn(object.id));
    return this.apply(ctx, this.plan(desired, observation(object, desired, false)));
  },

  async remove(ctx, id, last) {
    if (last.adopted) {
      ctx.report(`NOW Privacy: dataset "${last.name}" was there before and stays`);
      return;
    }
    const backend = await connectBackend(ctx);
    if (backend.createOnly === true) ctx.report(`NOW Privacy: delete dataset "${last.name}" in the product`);
    else await backend.deleteDataset(id);
  },
});

/** The dataset of that name, as one to take over, or as ours when an earlier run of ours began it. */
async function existing(
  ctx: Context,
  backend: Backend,
  inputs: DatasetInputs,
): Promise<Observation<DatasetState> | typeof gone> {
  const found = await backend.datasetNamed(inputs.name);
  if (found === gone) return gone;
  const isOurs = found.idempotencyKey === idempotencyKey(ctx, "dataset");
  ctx.report(isOurs ? goingOn(found.id) : `NOW Privacy: taking over dataset "${found.name}"`);
  return observation(found, inputs, !isOurs);
}

/** The groups that are to see the data; undefined when that is not this program's business. */
function wantedGroups({ securityGroups, visibleToNobody }: DatasetInputs): string[] | undefined {
  if (visibleToNobody) return [];
  return securityGroups === undefined || securityGroups.length === 0 ? undefined : [...new Set(securityGroups)].sort();
}

/** Groups in one order and `[]` as none, so that neither is a difference. */
function sorted<T extends DatasetInputs>(inputs: T): T {
  const { securityGroups, ...rest } = inputs;
  // In a preview, a value that is not known yet stands in its place.
  if (!Array.isArray(securityGroups)) return inputs;
  if (securityGroups.length === 0) return rest as T;
  return { ...rest, securityGroups: [...new Set(securityGroups)].sort() } as T;
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const set = new Set(one);
  return set.size === new Set(other).size && other.every((name) => set.has(name));
}

function observation(
  { id, name, securityGroups }: Dataset,
  declared: Partial<DatasetInputs>,
  adopted: boolean,
): Observation<DatasetState> {
  const listed = declared.securityGroups;
  const isManaged = listed !== undefined && listed.length > 0;
  return {
    id,
    state: {
      name,
      ...(isManaged ? { securityGroups: sameSet(listed, securityGroups) ? listed : securityGroups } : {}),
      visibleToNobody: declared.visibleToNobody === true && securityGroups.length === 0,
      adoptExisting: declared.adoptExisting ?? false,
      datasetId: id,
      visibleTo: securityGroups,
      adopted,
    },
  };
}

function recorded(id: string, last: Readonly<Record<string, unknown>> | undefined): Observation<DatasetState> {
  return { id, state: (last ?? {}) as DatasetState };
}

function nothingToAdopt(name: string): InvalidInput {
  const message = `there is no dataset "${name}" to take over, and for a new one ${groupsMissing}`;
  return new InvalidInput(datasetContract.token, [{ path: "securityGroups", message }]);
}

function goingOn(id: string): string {
  return `NOW Privacy: going on with dataset ${id}, which an earlier run had begun`;
}
