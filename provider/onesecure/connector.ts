/** The connector of an Exchange Online source. It comes and goes with the source and is only switched. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Contract, NotFound, type Observation, defineKind, gone, planProperties } from "../core";
import {
  type Adoption,
  type AdoptionDetail,
  notAdopted,
  observedWithSwitch,
  recordedAdoption,
  takingOver,
  withSwitch,
} from "./adoption";
import type { Connector, ConnectorChange } from "./backend";
import { changedProperties } from "./changed";
import { connectBackend } from "./connect";
import { operatorSettled } from "../operator/secretReference";
import { text } from "./schemas";

const before = z
  .strictObject({
    /** Exchange Online Activity. */
    exchangeOnlineActivity: z.boolean(),
    /** Collect non-owner mailbox audit data. */
    collectNonOwnerMailboxAuditData: z.boolean(),
  })
  .meta({ typeName: "ConnectorBeforeAdoption" });

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
  /**
   * Take the connector over as it is, for a source that is taken over too (`adoptExisting` of the Source): when the resource is
   * removed, the connector gets back what it had (`before`) instead of being switched off. What it had is recorded when it is taken
   * over and not again, so a run that is killed between switching the connector and recording it leaves the declared values as what
   * it had. Default: false. It only matters until the resource is made: a later change updates in place and does nothing.
   */
  adoptExisting: z.boolean().default(false),
});

export const connectorContract = {
  token: "m365audit:onesecure:Connector",
  description:
    "The connector of an Exchange Online source in Netwrix 1Secure, Exchange Online Activity: what is collected from the source. Every " +
    "source has exactly one; this resource switches it, and when it is removed switches it off or, if it was taken over, back to what it was.",
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
  settled: z.strictObject(operatorSettled),
  outputs: z.strictObject({
    /** `<sourceId>/exchangeOnlineActivity`. */
    connectorId: z.string(),
    /**
     * The product's own word, for example `New`, `Healthy` or `Disabled`. An open list. With the operator backend nobody can read it:
     * `awaitingOperator`, `attested` or `drifted`.
     */
    status: z.string(),
    /** The product's own id of it, as it was attested. Only with the operator backend. */
    vendorId: z.string().optional(),
    /** Whether the connector was taken over as it was (`adoptExisting`). */
    adopted: z.boolean(),
    /** What a connector that was taken over was before, and will be again when the resource is removed. */
    before: before.optional(),
  }),
  // A connector may be its own replacement: it must be switched off before it is switched on, not after.
  deleteBeforeReplace: true,
} as const satisfies Contract;

export type ConnectorInputs = z.output<typeof connectorContract.inputs>;
export type ConnectorState = ConnectorInputs & z.output<typeof connectorContract.outputs>;

type Before = z.output<typeof before>;

const off: Before = { exchangeOnlineActivity: false, collectNonOwnerMailboxAuditData: false };

export const connector = defineKind<ConnectorInputs, ConnectorState, AdoptionDetail>({
  contract: connectorContract,

  async observe(ctx, { id, inputs, last }) {
    const sourceId = id === undefined ? inputs.sourceId : sourceOf(id);
    const found = await (await connectBackend(ctx)).connector(sourceId);
    if (found === gone) return gone;
    if (id !== undefined) return observation(sourceId, found, inputs, recordedAdoption(before, last));
    if (!inputs.adoptExisting) return observation(sourceId, found, inputs, notAdopted);
    const adoption = { adopted: true, before: switchesOf(found) };
    return { ...observation(sourceId, found, inputs, adoption), detail: { adopting: true } };
  },

  plan: (desired, observed) => planProperties(connectorContract, withSwitch(desired), observedWithSwitch(observed)),

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
    const { id, state } = observed;
    const changed = changedProperties<ConnectorInputs>(changes, desired, [
      "exchangeOnlineActivity",
      "collectNonOwnerMailboxAuditData",
    ]);
    if (changed === undefined) return { id, state: { ...state, adoptExisting: desired.adoptExisting } };
    const backend = await connectBackend(ctx);
    return takingOver(observed, async () => {
      const found = await backend.changeConnector(desired.sourceId, wireSwitches(desired));
      return observation(desired.sourceId, found, desired, recordedAdoption(before, state));
    });
  },

  async remove(ctx, id, last) {
    const backend = await connectBackend(ctx);
    const { adopted, before: was } = recordedAdoption(before, { ...last });
    if (adopted && was === undefined) {
      ctx.report(
        `1Secure: connector ${id} was taken over and stays as it is, because what it was before is not recorded`,
      );
      return;
    }
    const wanted = was ?? off;
    const found = await backend.connector(sourceOf(id));
    if (found === gone || isDeepStrictEqual(switchesOf(found), wanted)) return;
    try {
      await backend.changeConnector(sourceOf(id), wireSwitches(wanted));
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

function switchesOf({ enabled, collectNonOwnerMailboxAuditData }: Connector): Before {
  return { exchangeOnlineActivity: enabled, collectNonOwnerMailboxAuditData };
}

/** Both together: the product checks the state after the change, and one may not be on without the other. */
function wireSwitches({ exchangeOnlineActivity, collectNonOwnerMailboxAuditData }: Before): ConnectorChange {
  return { enabled: exchangeOnlineActivity, collectNonOwnerMailboxAuditData };
}

function observation(
  sourceId: string,
  found: Connector,
  { adoptExisting }: Partial<ConnectorInputs>,
  { adopted, before: was }: Adoption<Before>,
): Observation<ConnectorState, AdoptionDetail> {
  const id = `${sourceId}${suffix}`;
  return {
    id,
    state: {
      sourceId,
      ...switchesOf(found),
      adoptExisting: adoptExisting ?? false,
      connectorId: id,
      status: found.status,
      adopted,
      ...(was === undefined ? {} : { before: was }),
    },
  };
}
