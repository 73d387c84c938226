/** The connector of a source by hand: two switches, the second of which is only there while the first is on. */
import type { Handover } from "../../operator/handover";
import { onesecure } from "../../operator/products";
import { onOff, type Sheet, type Step, type Values, type Work } from "../../operator/sheet";
import type { ConnectorInputs } from "../connector";
import { vendorIdOf } from "./credential";
import { readGuid, readSwitch, readText, textOf, wordOf } from "./read";
import * as words from "./words";

const { labels, orders, said } = words;

export const connectorHandover: Handover<ConnectorInputs> = {
  token: "m365audit:onesecure:Connector",
  product: onesecure,
  entered: ["sourceId", "exchangeOnlineActivity", "collectNonOwnerMailboxAuditData"],
  hasSecret: false,

  idOf: ({ sourceId }) => words.connectorIdOf(sourceId),

  sheet(work) {
    const { id, found, changes } = work;
    const task = words.tasks.connector(id);
    const declared: Values = work.declared;
    const what = `the connector ${labels.exchangeOnlineActivity} of ${sourceWords(declared["sourceId"])}`;
    if (changes.length === 0) return { task, title: `No change to ${what}`, steps: [] };
    const after = [words.tasks.source(declared["sourceId"])];
    if (found === undefined) return { task, title: `Set ${what}`, steps: creation(declared), after };
    if (changes.some(({ replaces }) => replaces)) {
      return { task, title: `Set ${what}`, steps: [...leaving(found), ...creation(declared)], after };
    }
    return { task, title: `Change ${what}`, steps: edits(work), after };
  },

  removal({ id, found, vendorId }): Sheet {
    const { sourceId, exchangeOnlineActivity, collectNonOwnerMailboxAuditData } = found;
    const task = words.tasks.connector(id);
    const texts = [
      ...(collectNonOwnerMailboxAuditData === true
        ? [words.ticked(labels.collectNonOwnerMailboxAuditData, true, false)]
        : []),
      exchangeOnlineActivity === false
        ? `See that **${labels.exchangeOnlineActivity}** is **OFF**.`
        : words.turned(labels.exchangeOnlineActivity, exchangeOnlineActivity, false),
    ];
    const note =
      "If the source was there before this stack took it over (`adoptExisting`), set its connector back to what it was before instead, " +
      "which is not recorded here. If the source is gone, its connector went with it and there is nothing to do.";
    return {
      task: words.tasks.removal(task),
      title: `Switch off the connector ${labels.exchangeOnlineActivity} of ${sourceWords(sourceId)}${words.withVendorId(vendorId)}`,
      // Where the source goes, none of this is needed.
      steps: [...toConnector(sourceId, [note]), ...words.steps(7, texts), { order: 8, text: "Save the source." }].map(
        (step) => ({ ...step, alone: true }),
      ),
    };
  },

  isSameThing: (declared, found) => words.haveSame(["sourceId"], declared, found),

  // Whether it was set before nobody attests, and nothing is claimed that was not.
  outputs: (id, _declared, entered) => ({ connectorId: id, adopted: false, ...vendorIdOf(entered) }),

  fields: [
    {
      property: "sourceId",
      label: `${labels.tenantId} of the source`,
      hint: "a GUID",
      shown: ({ sourceId }) => textOf(tenantOf(sourceId)),
      // The tenant that stands there is all that shows which source it is.
      read: readSource,
    },
    {
      property: "exchangeOnlineActivity",
      label: labels.exchangeOnlineActivity,
      hint: "ON or OFF",
      shown: ({ exchangeOnlineActivity }) => wordOf(exchangeOnlineActivity, "ON", "OFF"),
      read: readSwitch,
    },
    {
      property: "collectNonOwnerMailboxAuditData",
      label: labels.collectNonOwnerMailboxAuditData,
      hint: "checked or not checked",
      shown: ({ collectNonOwnerMailboxAuditData }) => wordOf(collectNonOwnerMailboxAuditData, "checked", "not checked"),
      read: readSwitch,
    },
  ],
};

function readSource(typed: string, { sourceId }: Readonly<ConnectorInputs>): unknown {
  const tenant = readGuid(typed) ?? readText(typed, tenantOf(sourceId));
  if (tenant === undefined) return undefined;
  if (tenant === tenantOf(sourceId)) return sourceId;
  const place = words.placeOf(sourceId);
  return place === undefined ? tenant : words.sourceIdOf(place.organization, tenant);
}

function tenantOf(sourceId: string): string {
  return words.placeOf(sourceId)?.tenantId ?? sourceId;
}

/** In the wizard of the source, step 7. */
function creation({ sourceId, exchangeOnlineActivity, collectNonOwnerMailboxAuditData }: Values): Step[] {
  const label = labels.collectNonOwnerMailboxAuditData;
  const checkbox =
    collectNonOwnerMailboxAuditData === false
      ? `See that the checkbox **${label}** is not selected; it is only there while the switch is **ON**.`
      : words.ticked(label, undefined, collectNonOwnerMailboxAuditData);
  return [
    ...toConnector(sourceId, [], " Where it is only being added, go on in the same wizard up to its connectors."),
    {
      order: 7,
      text:
        `On the pane **Choose new connector (Step 3 of 3)**, turn **${labels.exchangeOnlineActivity}** ` +
        `${onOff(exchangeOnlineActivity)}. (Newer versions call the pane **Configure Connectors**.)`,
    },
    { order: 7.1, text: checkbox },
    { order: 8, text: "Click **Finish** in the wizard, or save the source.", alone: true },
  ];
}

/** Only what changes, the checkbox while it can be reached: before the switch goes off, after it goes on. */
function edits({ declared, changes }: Work<ConnectorInputs>): Step[] {
  const at = new Map(changes.map((change) => [change.path, change]));
  const activity = at.get("exchangeOnlineActivity");
  const nonOwner = at.get("collectNonOwnerMailboxAuditData");
  const texts = [
    ...(activity === undefined ? [] : [words.turned(labels.exchangeOnlineActivity, activity.from, activity.to)]),
    ...(nonOwner === undefined
      ? []
      : [words.ticked(labels.collectNonOwnerMailboxAuditData, nonOwner.from, nonOwner.to)]),
  ];
  return [
    ...toConnector(declared.sourceId),
    ...words.steps(7, activity?.to === false ? texts.reverse() : texts),
    { order: 8, text: "Save the source.", alone: true },
  ];
}

/** For the source that it was at before, if that one stays. */
function leaving({ sourceId }: Values): Step[] {
  const text =
    `If ${sourceWords(sourceId)}${organizationOf(sourceId)} stays, turn **${labels.exchangeOnlineActivity}** **OFF** there, and clear ` +
    `**${labels.collectNonOwnerMailboxAuditData}** before. If that source is removed, its connector goes with it.`;
  return [{ order: orders.oldConnector, text, alone: true }];
}

/** The way to the settings of a source, for a connector whose source has no sheet of its own to lead there. */
function toConnector(sourceId: unknown, notes: readonly string[] = [], more = ""): Step[] {
  const place = words.placeOf(sourceId);
  const [configuration, organization] = words.toOrganization(said(place?.organization ?? sourceId));
  const open =
    place === undefined && !words.isUnknown(sourceId)
      ? `Click the organization of the source ${said(sourceId)}.`
      : (organization?.text ?? "");
  const edit = `On the **Sources** tab, edit ${sourceWords(sourceId)}, up to its connectors.${more}`;
  return [
    ...notes.map((text): Step => ({ order: 0.9, text, alone: true })),
    { order: 1, text: configuration?.text ?? "", alone: true },
    { order: 2, text: open, alone: true },
    { order: 3, text: edit, alone: true },
  ];
}

function organizationOf(sourceId: unknown): string {
  const place = words.placeOf(sourceId);
  return place === undefined ? "" : ` in ${said(place.organization)}`;
}

function sourceWords(sourceId: unknown): string {
  const place = words.placeOf(sourceId);
  if (place === undefined && !words.isUnknown(sourceId)) return `the Exchange Online source ${said(sourceId)}`;
  return `the Exchange Online source of the tenant ${said(place?.tenantId ?? sourceId)}`;
}
