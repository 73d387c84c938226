/** An Exchange Online source by hand: the wizard of three panes, in whose course credentials and connector are set too. */
import type { Handover } from "../../operator/handover";
import { isOperatorId } from "../../operator/ids";
import { onesecure } from "../../operator/products";
import { onOff, type Sheet, type Step, type Values, type Work } from "../../operator/sheet";
import type { SourceInputs } from "../source";
import { vendorIdOf } from "./credential";
import { guidField, organizationField, textField } from "./fields";
import { readSwitch, readText, textOf, wordOf } from "./read";
import * as words from "./words";

const { labels, orders, said } = words;

export const sourceHandover: Handover<SourceInputs> = {
  token: "m365audit:onesecure:Source",
  product: onesecure,
  entered: ["organization", "sourceGroup", "tenantId", "crawlSource", "credentialId"],
  hasSecret: false,

  idOf: ({ organization, tenantId }) => words.sourceIdOf(organization, tenantId),

  sheet(work) {
    const { id, found, changes } = work;
    const task = words.tasks.source(id);
    const declared: Values = work.declared;
    const what = `the Exchange Online source of the tenant ${said(declared["tenantId"])} in ${said(declared["organization"])}`;
    if (changes.length === 0) return { task, title: `No change to ${what}`, steps: [] };

    const credential = words.tasks.credential(declared["credentialId"]);
    const connector = words.tasks.connector(words.connectorIdOf(id));
    const isReplaced = changes.some(({ replaces }) => replaces);
    if (found !== undefined && !isReplaced) {
      const hasOthers = changes.some(({ path }) => path === "credentialId");
      return {
        task,
        title: `Change ${what}`,
        steps: edits(work, found),
        after: [credential],
        // Others that are still to be added are added in the same dialog.
        takesIn: hasOthers ? [credential] : [],
      };
    }
    return {
      task,
      title: `${isReplaced ? "Replace" : "Add"} ${what}`,
      steps: [...(found === undefined ? [] : removal(found, orders.oldSource)), ...creation(declared)],
      takesIn: [credential, connector],
      // A second source with the same credentials finds them there. An organization has room for one source of a tenant.
      after: [credential, words.tasks.removal(task)],
    };
  },

  removal({ id, found, vendorId }): Sheet {
    return {
      task: words.tasks.removal(words.tasks.source(id)),
      title: `Delete the Exchange Online source of the tenant ${words.recorded(found["tenantId"])} in ${words.recorded(found["organization"])}`,
      steps: removal(found, orders.wizard, vendorId),
      // The connector goes with its source.
      takesIn: [words.tasks.removal(words.tasks.connector(words.connectorIdOf(id)))],
    };
  },

  // An organization has room for one source of a tenant.
  isSameThing: (declared, found) => words.haveSame(["organization", "tenantId"], declared, found),

  // Whether it was there before nobody attests, and nothing is claimed that was not.
  outputs: (id, _declared, entered) => ({ sourceId: id, adopted: false, ...vendorIdOf(entered) }),

  fields: [
    organizationField,
    textField("sourceGroup", labels.sourceGroup, "name of the group"),
    guidField("tenantId", labels.tenantId),
    {
      property: "crawlSource",
      label: labels.crawlSource,
      hint: "ON or OFF",
      shown: ({ crawlSource }) => wordOf(crawlSource, "ON", "OFF"),
      read: readSwitch,
    },
    {
      property: "credentialId",
      label: labels.credentials,
      hint: "Display Name of the credentials that are selected",
      shown: (declared) => textOf(nameOf(declared)),
      // Other credentials are known by their name alone, so that a run-sheet can say which they are.
      read: readCredentials,
    },
  ],
};

function readCredentials(typed: string, declared: Readonly<SourceInputs>): unknown {
  const name = readText(typed, nameOf(declared));
  return name === nameOf(declared) ? declared.credentialId : name;
}

/** What the drop-down shows for the declared credentials; their id where their name is not declared. */
function nameOf(declared: Values): unknown {
  return declared["credentialDisplayName"] ?? declared["credentialId"];
}

function creation(declared: Values): Step[] {
  const { organization, sourceGroup, tenantId, crawlSource, adoptExisting } = declared;
  const look =
    `Look on the **Sources** tab for an Exchange Online source of the tenant ${said(tenantId)}. If there is one, note down what it is ` +
    "set to, which is recorded nowhere else, and edit it instead of adding one: leave out the steps up to **Source Group**.";
  const next =
    "Click **Next**. 1Secure validates what was entered. It offers **Skip Validation** when that fails or takes longer than 45 seconds: " +
    "when it failed, do not skip it, but correct what is wrong and click **Next** again; skipping saves a source that was not validated.";
  return [
    ...words.toOrganization(said(organization)),
    ...(adoptExisting === true ? [{ order: 2.5, text: look }] : []),
    {
      order: 3,
      text: "On the **Sources** tab, click **Add**. The pane **Select Data Source (Step 1 of 3)** is displayed.",
    },
    {
      order: 4,
      text: "Select **Exchange Online** and click **Next**. The pane **Configure source details (Step 2 of 3)** is displayed.",
    },
    { order: 5.1, text: `**${labels.sourceGroup}**: enter ${said(sourceGroup)}.` },
    { order: 5.2, text: `**${labels.tenantId}**: enter ${said(tenantId)}.` },
    { order: 5.3, text: `**${labels.crawlSource}**: turn it ${onOff(crawlSource)}.` },
    {
      order: 5.9,
      text: `**${labels.credentials}**: select ${credentialWords(declared)}, if they are not selected yet.`,
    },
    { order: 6, text: `${next} Then the pane **Choose new connector (Step 3 of 3)** is displayed.` },
    { order: 8, text: "Click **Finish**." },
  ];
}

/** Only what changes, in the order of the dialog. */
function edits({ declared, changes }: Work<SourceInputs>, found: Values): Step[] {
  const at = new Map(changes.map((change) => [change.path, change]));
  const group = at.get("sourceGroup");
  const crawl = at.get("crawlSource");
  const others = at.get("credentialId");
  const step = (order: number, text: string | undefined): Step[] => (text === undefined ? [] : [{ order, text }]);
  return [
    ...words.toOrganization(said(found["organization"] ?? declared.organization)),
    ...step(3, `On the **Sources** tab, edit the Exchange Online source of the tenant ${said(declared.tenantId)}.`),
    ...step(5.1, group && words.changed(labels.sourceGroup, group.from, group.to)),
    ...step(5.3, crawl && words.turned(labels.crawlSource, crawl.from, crawl.to)),
    ...step(5.9, others && `**${labels.credentials}**: select ${credentialWords(declared)}${inPlaceOf(others.from)}.`),
    ...step(8, "Save the source."),
  ];
}

function removal(found: Values, from: number, vendorId?: string): Step[] {
  const order = from === orders.wizard ? 3 : from + 0.1;
  const text =
    `On the **Sources** tab, delete the Exchange Online source of the tenant ${words.recorded(found["tenantId"])}${words.withVendorId(vendorId)}; ` +
    "its connector goes with it. If it was there before this stack took it over (`adoptExisting`), do not delete it, but set it back " +
    "to what it was before, which is not recorded here.";
  return [...words.toOrganization(words.recorded(found["organization"]), from), { order, text }];
}

/** By the name in the drop-down where it is declared, else by what the program refers to. */
function credentialWords(declared: Values): string {
  const name = declared["credentialDisplayName"];
  if (name !== undefined) return `the credentials that are shown as ${said(name)}`;
  return `the credentials that the program declares with the id ${said(declared["credentialId"])}`;
}

/** An id of ours says nothing on the screen; a name that someone read there does. */
function inPlaceOf(before: unknown): string {
  if (typeof before !== "string" || isOperatorId(before)) return " in place of those that are selected";
  return ` in place of ${said(before)}`;
}
