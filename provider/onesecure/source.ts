/** The Exchange Online data source of a managed organization. */
import { z } from "zod";
import {
  type Context,
  type Contract,
  NotFound,
  type Observation,
  defineKind,
  gone,
  planProperties,
  requireStackTenant,
} from "../core";
import {
  type Adoption,
  type AdoptionDetail,
  notAdopted,
  observedWithSwitch,
  recordedAdoption,
  takingOver,
  withSwitch,
} from "./adoption";
import type { Backend, Source, SourceChange } from "./backend";
import { changedProperties } from "./changed";
import { connectBackend, idempotencyKey } from "./connect";
import { operatorSettled } from "../operator/secretReference";
import { ownerOf, requireSameOwner } from "./ownership";
import { guid, text } from "./schemas";

const before = z
  .strictObject({
    /** Source Group. */
    sourceGroup: z.string(),
    /** Crawl Source. */
    crawlSource: z.boolean(),
    /** Id of the credentials that 1Secure connected with. */
    credentialId: z.string(),
  })
  .meta({ typeName: "SourceBeforeAdoption" });

export const sourceContract = {
  token: "m365audit:onesecure:Source",
  description:
    "An Exchange Online data source in a managed organization of Netwrix 1Secure. It comes with one connector, which " +
    "`m365audit:onesecure:Connector` switches on.",
  inputs: z.strictObject({
    /**
     * Name of the managed organization, as on the page Managed organizations. It must exist; it is made in the product, not here.
     * Required. A change makes a new source in place of the old one.
     */
    organization: text.meta({ replaces: true }),
    /**
     * Source Group: name of the group that the source belongs to; sources of a group share a configuration. Required. A change updates
     * in place.
     */
    sourceGroup: text,
    /**
     * Tenant ID: the Microsoft 365 tenant that the app is registered in, a GUID. An organization has one Exchange Online source for a
     * tenant. A stack that names its tenant (`m365audit:tenantId`) refuses any other. Required. A change makes a new source in place
     * of the old one.
     */
    tenantId: guid.meta({ replaces: true }),
    /**
     * Crawl Source: whether data is collected from the source. Required, because the product's documentation states no default. A
     * change updates in place.
     */
    crawlSource: z.boolean(),
    /**
     * Credentials: the `credentialId` of the credentials of the same organization that 1Secure connects with. Required. A change
     * updates in place.
     */
    credentialId: text,
    /**
     * Display Name of these credentials, by which the product's drop-down lists them: for the run-sheet of the operator backend. 1Secure
     * is not told. A change updates in place.
     */
    credentialDisplayName: text.optional(),
    /**
     * Take over the organization's Exchange Online source of this tenant if there is one already, instead of failing. What is as
     * declared is not written. The source is never deleted then: when the resource is removed, the source gets back what it had
     * (`before`). That is recorded when the source is taken over and not again, so a run that is killed between changing the source
     * and recording it leaves the declared values as what it had. A source that this very declaration began to make in an earlier
     * run is not taken over but gone on with. Nothing keeps two stacks from managing one source: a source that another stack made
     * or took over looks like any other, so make sure that no other stack has it. Default: false. It only matters until the source
     * is made or taken over: a later change updates in place and does nothing.
     */
    adoptExisting: z.boolean().default(false),
  }),
  settled: z.strictObject(operatorSettled),
  outputs: z.strictObject({
    /** What connectors refer to. */
    sourceId: z.string(),
    /**
     * The product's own word, for example `New` (until the first data has come, which can take hours) or `Healthy`. An open list. With
     * the operator backend nobody can read it: `awaitingOperator`, `attested` or `drifted`.
     */
    status: z.string(),
    /** The product's own id of it, as it was attested. Only with the operator backend. */
    vendorId: z.string().optional(),
    /** Whether the source was there before this resource and was taken over (`adoptExisting`). */
    adopted: z.boolean(),
    /** What a source that was taken over was before, and will be again when the resource is removed. */
    before: before.optional(),
  }),
  // An organization has one Exchange Online source for a tenant.
  deleteBeforeReplace: true,
} as const satisfies Contract;

export type SourceInputs = z.output<typeof sourceContract.inputs>;
export type SourceState = SourceInputs & z.output<typeof sourceContract.outputs>;
type Before = z.output<typeof before>;

const changeable = ["sourceGroup", "crawlSource", "credentialId"] as const;

export const source = defineKind<SourceInputs, SourceState, AdoptionDetail>({
  contract: sourceContract,

  async observe(ctx, { id, inputs, last }) {
    requireStackTenant(ctx.settings, inputs.tenantId, "configuring the 1Secure source of tenant");
    if (id === undefined) return inputs.adoptExisting ? existing(ctx, inputs) : gone;
    const found = await (await connectBackend(ctx)).source(id);
    if (found === gone) return gone;
    requireSameOwner("reading source", id, ownerOf(last, inputs), found);
    return observation(found, inputs, recordedAdoption(before, last));
  },

  plan: (desired, observed) => planProperties(sourceContract, withSwitch(desired), observedWithSwitch(observed)),

  async apply(ctx, { desired, observed, changes }) {
    const backend = await connectBackend(ctx);
    if (observed !== gone) {
      if (observed.detail?.adopting === true) ctx.report(`1Secure: taking over source ${observed.id}`);
      const { id, state } = observed;
      const change = changedProperties<SourceChange>(changes, desired, changeable);
      if (change === undefined) return { id, state: withOwnBusiness(state, desired) };
      return takingOver(observed, async () =>
        observation(await backend.changeSource(id, change), desired, recordedAdoption(before, state)),
      );
    }
    const { organization, sourceGroup, tenantId, crawlSource, credentialId } = desired;
    const { object, isNew } = await backend.addSource(
      { organization, sourceGroup, tenantId, crawlSource, credentialId },
      keyOf(ctx, desired),
    );
    if (isNew) return observation(object, desired, notAdopted);
    ctx.report(goingOn(object.id));
    requireSameOwner("going on with source", object.id, desired, object);
    return this.apply(ctx, this.plan(desired, observation(object, desired, notAdopted)));
  },

  async remove(ctx, id, last) {
    requireStackTenant(ctx.settings, last.tenantId, "removing the 1Secure source of tenant");
    const backend = await connectBackend(ctx);
    const found = await backend.source(id);
    if (found === gone) return;
    requireSameOwner("removing source", id, last, found);
    const { adopted, before: was } = recordedAdoption(before, { ...last });
    if (!adopted) await backend.deleteSource(id);
    else if (was !== undefined) await giveBack(ctx, backend, found, was);
    else
      ctx.report(`1Secure: source ${id} was taken over and stays as it is, because what it was before is not recorded`);
  },
});

/** The source that the organization has for the tenant, as one to take over, or as ours when an earlier run of ours began it. */
async function existing(
  ctx: Context,
  inputs: SourceInputs,
): Promise<Observation<SourceState, AdoptionDetail> | typeof gone> {
  const found = await (await connectBackend(ctx)).sourceFor(inputs.organization, inputs.tenantId);
  if (found === gone) return gone;
  if (found.idempotencyKey === keyOf(ctx, inputs)) {
    ctx.report(goingOn(found.id));
    return observation(found, inputs, notAdopted);
  }
  const { sourceGroup, crawlSource, credentialId } = found;
  const adoption = { adopted: true, before: { sourceGroup, crawlSource, credentialId } };
  return { ...observation(found, inputs, adoption), detail: { adopting: true } };
}

/** Makes a source what it was before it was taken over. What is so already is not written. */
async function giveBack(ctx: Context, backend: Backend, found: Source, was: Before): Promise<void> {
  const change: SourceChange = Object.fromEntries(
    changeable.filter((name) => was[name] !== found[name]).map((name) => [name, was[name]]),
  );
  if (change.credentialId !== undefined && !(await isUsable(backend, change.credentialId, found.organization))) {
    ctx.report(
      `1Secure: source ${found.id} was taken over and keeps credential ${found.credentialId}, because the one that it had before ` +
        `(${change.credentialId}) is no longer there. 1Secure deletes no credential that a source uses: before credential ` +
        `${found.credentialId} can be removed, give the source another one in 1Secure`,
    );
    delete change.credentialId;
  }
  if (Object.keys(change).length === 0) return;
  try {
    await backend.changeSource(found.id, change);
  } catch (error) {
    // Someone deleted it in between.
    if (!(error instanceof NotFound)) throw error;
  }
}

/** A source takes only credentials of its own organization. */
async function isUsable(backend: Backend, credentialId: string, organization: string): Promise<boolean> {
  const found = await backend.credential(credentialId);
  return found !== gone && found.organization === organization;
}

function keyOf(ctx: Context, { organization, tenantId }: SourceInputs): string {
  return idempotencyKey(ctx, "source", organization, tenantId);
}

function goingOn(id: string): string {
  return `1Secure: going on with source ${id}, which an earlier run had begun`;
}

/** What is only declared. */
function withOwnBusiness(
  { credentialDisplayName: _, ...state }: SourceState,
  { adoptExisting, credentialDisplayName }: Partial<SourceInputs>,
): SourceState {
  return {
    ...state,
    adoptExisting: adoptExisting ?? false,
    ...(credentialDisplayName === undefined ? {} : { credentialDisplayName }),
  };
}

function observation(
  found: Source,
  declared: Partial<SourceInputs>,
  { adopted, before: was }: Adoption<Before>,
): Observation<SourceState, AdoptionDetail> {
  const { id, organization, sourceGroup, tenantId, crawlSource, credentialId, status } = found;
  return {
    id,
    state: withOwnBusiness(
      {
        organization,
        sourceGroup,
        tenantId: tenantId.toLowerCase(),
        crawlSource,
        credentialId,
        adoptExisting: false,
        sourceId: id,
        status,
        adopted,
        ...(was === undefined ? {} : { before: was }),
      },
      declared,
    ),
  };
}
