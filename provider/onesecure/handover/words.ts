/**
 * 1Secure's words: the labels, tabs and buttons that its documentation names, and the steps that several sheets share. Bold is only what
 * the documentation says is on the screen; how something is edited or saved it mostly does not say, and so it is not in bold.
 *
 * Sources: "Add a Source and Connectors for Exchange Online" (the wizard, whose step numbers are the orders here), "Manage Credentials"
 * (the Credentials tab and its icons) and "View Tabs and Dashboards for the Organization", all in the product's documentation.
 */
import { isOperatorId, operatorId } from "../../operator/ids";
import { type Step, type Values, notKnownYet, onOff, shown } from "../../operator/sheet";

/** The fields as the product labels them. */
export const labels = {
  sourceGroup: "Source Group",
  tenantId: "Tenant ID",
  crawlSource: "Crawl Source",
  credentials: "Credentials",
  clientId: "Client ID",
  clientSecret: "Client Secret",
  displayName: "Display Name",
  exchangeOnlineActivity: "Exchange Online Activity",
  collectNonOwnerMailboxAuditData: "Collect non-owner mailbox audit data",
} as const;

/**
 * Where the pieces of work stand that may come together in one task. The wizard has the documentation's own numbers, 1 to 8; what has to
 * be done before it is below 1, what has to be done after it is above 8.
 */
export const orders = {
  oldSource: 0.1,
  oldConnector: 0.3,
  editCredentials: 0.5,
  wizard: 1,
  oldCredentials: 9,
} as const;

/** How far the steps of one piece of work are apart that is not the wizard. */
const apart = 0.02;

/** Steps one after the other, from an order on. */
export function steps(from: number, texts: readonly string[]): Step[] {
  return texts.map((text, index) => ({ order: from + index * apart, text }));
}

/** A value to enter. One that is not known yet, in whole or in part, is never shown in part. */
export function said(value: unknown): string {
  return shown(isUnknown(value) ? notKnownYet : value);
}

/** What was attested, which need not be everything. */
export function recorded(value: unknown): string {
  return value === undefined ? "(not recorded)" : said(value);
}

/** Whether a value, or a part of its text, is only known after the update. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && value.includes(notKnownYet);
}

/** "**Source Group**: change it from `A` to `B`." */
export function changed(label: string, from: unknown, to: unknown): string {
  return `**${label}**: change it ${from === undefined ? "" : `from ${said(from)} `}to ${said(to)}.`;
}

/** "Turn **Crawl Source** **OFF → ON**." */
export function turned(label: string, from: unknown, to: unknown): string {
  return `Turn **${label}** ${movement(from, to)}.`;
}

/** "Select the checkbox **…** (not selected → selected)." */
export function ticked(label: string, from: unknown, to: unknown): string {
  if (typeof to !== "boolean") return `The checkbox **${label}**: how to set it is ${said(to)}.`;
  const movement = typeof from === "boolean" && from !== to ? ` (${tick(from)} → ${tick(to)})` : "";
  return `${to ? "Select" : "Clear"} the checkbox **${label}**${movement}.`;
}

function movement(from: unknown, to: unknown): string {
  if (typeof from !== "boolean" || from === to) return onOff(to);
  if (typeof to !== "boolean") return `from ${onOff(from)} to ${said(to)}`;
  return `**${from ? "ON" : "OFF"} → ${to ? "ON" : "OFF"}**`;
}

function tick(isSelected: boolean): string {
  return isSelected ? "selected" : "not selected";
}

const openConfiguration = "Click **Configuration** in the top bar. The page **Managed organizations** is displayed.";

/**
 * Steps 1 and 2 of everything that is done in an organization.
 *
 * @param organization as a text shows it: {@link said}
 */
export function toOrganization(organization: string, from: number = orders.wizard): Step[] {
  const open = `Click the organization ${organization}. Its page opens with the **Sources** tab selected.`;
  return [
    { order: from, text: openConfiguration },
    { order: from + (from === orders.wizard ? 1 : apart), text: open },
  ];
}

/** For someone who looks for a thing in the product by the id that it has there. */
export function withVendorId(vendorId: string | undefined): string {
  return vendorId === undefined ? "" : ` (1Secure's own id: ${said(vendorId)})`;
}

/** Whether two things agree in all of these properties, none of which may be missing. */
export function haveSame(properties: readonly string[], one: Values, other: Values): boolean {
  return properties.every((name) => one[name] !== undefined && one[name] === other[name]);
}

const suffix = "/exchangeOnlineActivity";

/** Id of the one connector of a source. */
export function connectorIdOf(sourceId: unknown): string {
  return `${String(sourceId)}${suffix}`;
}

/** Id of the source of a tenant in an organization. */
export function sourceIdOf(organization: unknown, tenantId: unknown): string {
  return operatorId(String(organization), String(tenantId));
}

/** Where a source is, as far as its id says it: {@link sourceIdOf}. */
export function placeOf(sourceId: unknown): { readonly organization: string; readonly tenantId: string } | undefined {
  if (typeof sourceId !== "string" || !isOperatorId(sourceId)) return undefined;
  const from = sourceId.indexOf(":") + 1;
  const slash = sourceId.lastIndexOf("/");
  // An organization's name may have a slash in it; a tenant's id has none.
  if (slash < from) return undefined;
  return { organization: sourceId.slice(from, slash), tenantId: sourceId.slice(slash + 1) };
}

/** Names of the pieces of work, by which sheets refer to each other. */
export const tasks = {
  credential: (id: unknown): string => `credential ${String(id)}`,
  source: (id: unknown): string => `source ${String(id)}`,
  connector: (id: unknown): string => `connector ${String(id)}`,
  /** What every piece of work at a source begins with. */
  anySource: "source ",
  /** The removal is another piece of work: the same id may be there anew, under another name in the program. */
  removal: (task: string): string => `${task} removal`,
};
