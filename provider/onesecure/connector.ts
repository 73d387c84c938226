/** The connector of an Exchange Online source. It comes and goes with the source and is only switched. */
import { z } from "zod";
import { type Contract, NotFound, type Observation, defineKind, gone, planProperties } from "../core";
import type { Connector } from "./backend";
import { changedProperties } from "./changed";
import { connectBackend } from "./connect";
import { text } from "./schemas";

const settings = z.strictObject({
  /** `sourceId` of the source that the connector belongs to. Required. A change switches the other source's connector instead. */
  sourceId: text.meta({ replaces: true }),
  /**
   * Exchange Online Activity: whether activity data is collected, from which activity reports are made. Required, because the
   * product's documentation states no default. A change updates in place.
   */
  exchangeOnlineActivity: z.boolean(),
  /**
   * Collect non-owner mailbox audit data: whether data is collected for the report All Exchange Online Non-Owner Mailbox Access
   * Events. Needs `exchangeOnlineActivity`, and mailboxes that are audited accordingly (`m365audit:exchange:MailboxAuditPolicy`).
   * Required. A change updates in place.
   */
  collectNonOwnerMailboxAuditData: z.boolean(),
});

export const connectorContract = {
  token: "m365audit:onesecure:Connector",
  description:
    "The connector of an Exchange Online source in Netwrix 1Secure, Exchange Online Activity: what is collected from the source. Every " +
    "source has exactly one; this resource switches it, and switches it off when it is removed.",
  inputs: settings.refine(
    ({ exchangeOnlineActivity, collectNonOwnerMailboxAuditData }) =>
      exchangeOnlineActivity || !collectNonOwnerMailboxAuditData,
    {
      path: ["collectNonOwnerMailboxAuditData"],
      message: "true was given; allowed: false while exchangeOnlineActivity is false",
      // Said together with whatever else is wrong, as soon as both values are there.
      when: ({ value }) =>
        z
          .looseObject({ exchangeOnlineActivity: z.boolean(), collectNonOwnerMailboxAuditData: z.boolean() })
          .safeParse(value).success,
    },
  ),
  outputs: z.strictObject({
    /** `<sourceId>/exchangeOnlineActivity`. */
    connectorId: z.string(),
    /** The product's own word, for example `New`, `Healthy` or `Disabled`. An open list. */
    status: z.string(),
  }),
  // A connector may be its own replacement: it must be switched off before it is switched on, not after.
  deleteBeforeReplace: true,
} as const satisfies Contract;

export type ConnectorInputs = z.output<typeof connectorContract.inputs>;
export type ConnectorState = ConnectorInputs & z.output<typeof connectorContract.outputs>;

export const connector = defineKind<ConnectorInputs, ConnectorState, unknown>({
  contract: connectorContract,

  async observe(ctx, { id, inputs }) {
    const sourceId = id === undefined ? inputs.sourceId : sourceOf(id);
    const found = await (await connectBackend(ctx)).connector(sourceId);
    return found === gone ? gone : observation(sourceId, found);
  },

  plan: (desired, observed) => planProperties(connectorContract, desired, observed),

  async apply(ctx, { desired, observed, changes }) {
    if (observed === gone) {
      throw new NotFound({
        operation: "switching the connector of source",
        subject: desired.sourceId,
        happened: "there is no such source",
        next: "Refer to the `sourceId` of a Source of the same program, or to the id of one that exists.",
        property: "sourceId",
      });
    }
    const wanted = {
      enabled: desired.exchangeOnlineActivity,
      collectNonOwnerMailboxAuditData: desired.collectNonOwnerMailboxAuditData,
    };
    const changed = changedProperties<ConnectorInputs>(changes, desired, [
      "exchangeOnlineActivity",
      "collectNonOwnerMailboxAuditData",
    ]);
    if (changed === undefined) return observed;
    return observation(desired.sourceId, await (await connectBackend(ctx)).changeConnector(desired.sourceId, wanted));
  },

  async remove(ctx, id) {
    const backend = await connectBackend(ctx);
    const found = await backend.connector(sourceOf(id));
    if (found === gone || !(found.enabled || found.collectNonOwnerMailboxAuditData)) return;
    try {
      await backend.changeConnector(sourceOf(id), { enabled: false, collectNonOwnerMailboxAuditData: false });
    } catch (error) {
      // The source went away in between, and the connector with it.
      if (!(error instanceof NotFound)) throw error;
    }
  },
});

const suffix = "/exchangeOnlineActivity";

function sourceOf(id: string): string {
  if (id.endsWith(suffix)) return id.slice(0, -suffix.length);
  throw new NotFound({
    operation: "reading connector",
    subject: id,
    happened: "this is no connector's id",
    next: `An id has the form <sourceId>${suffix}.`,
  });
}

function observation(sourceId: string, found: Connector): Observation<ConnectorState> {
  const id = `${sourceId}${suffix}`;
  return {
    id,
    state: {
      sourceId,
      exchangeOnlineActivity: found.enabled,
      collectNonOwnerMailboxAuditData: found.collectNonOwnerMailboxAuditData,
      connectorId: id,
      status: found.status,
    },
  };
}
