/** The Exchange Online data source of a managed organization. */
import { z } from "zod";
import { type Contract, type Observation, defineKind, gone, planProperties } from "../core";
import type { Source, SourceChange } from "./backend";
import { changedProperties } from "./changed";
import { connectBackend, idempotencyKey } from "./connect";
import { guid, text } from "./schemas";

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
     * tenant. Required. A change makes a new source in place of the old one.
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
  }),
  outputs: z.strictObject({
    /** What connectors refer to. */
    sourceId: z.string(),
    /** The product's own word, for example `New` (until the first data has come, which can take hours) or `Healthy`. An open list. */
    status: z.string(),
  }),
  // An organization has one Exchange Online source for a tenant.
  deleteBeforeReplace: true,
} as const satisfies Contract;

export type SourceInputs = z.output<typeof sourceContract.inputs>;
export type SourceState = SourceInputs & z.output<typeof sourceContract.outputs>;

export const source = defineKind<SourceInputs, SourceState, unknown>({
  contract: sourceContract,

  async observe(ctx, { id }) {
    if (id === undefined) return gone;
    const found = await (await connectBackend(ctx)).source(id);
    return found === gone ? gone : observation(found);
  },

  plan: (desired, observed) => planProperties(sourceContract, desired, observed),

  async apply(ctx, { desired, observed, changes }) {
    const backend = await connectBackend(ctx);
    if (observed !== gone) {
      const change = changedProperties<SourceChange>(changes, desired, ["sourceGroup", "crawlSource", "credentialId"]);
      if (change === undefined) return observed;
      return observation(await backend.changeSource(observed.id, change));
    }
    const key = idempotencyKey(ctx, "source", desired.organization, desired.tenantId);
    const { object, isNew } = await backend.addSource({ ...desired }, key);
    if (isNew) return observation(object);
    ctx.report(`1Secure: going on with source ${object.id}, which an earlier run had begun`);
    return this.apply(ctx, this.plan(desired, observation(object)));
  },

  async remove(ctx, id) {
    await (await connectBackend(ctx)).deleteSource(id);
  },
});

function observation(found: Source): Observation<SourceState> {
  const { id, organization, sourceGroup, tenantId, crawlSource, credentialId, status } = found;
  return {
    id,
    state: {
      organization,
      sourceGroup,
      tenantId: tenantId.toLowerCase(),
      crawlSource,
      credentialId,
      sourceId: id,
      status,
    },
  };
}
