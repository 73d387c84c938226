/** The steps that make, change and delete a data source, in the order of the product's own procedure. */
import { clientSecretStep } from "../../operator/clientSecretStep";
import { isOperatorId } from "../../operator/ids";
import { code, notKnownYet, shown, type SecretMark, type Step, type Values } from "../../operator/sheet";
import { covers, coversFolder, ingestionScope } from "../ingestionScope";
import { type Declared, entered, type Entered, labels } from "./dataSourceFields";
import {
  choice,
  countryText,
  inWords,
  modeWords,
  recordOf,
  scopeMarkdown,
  scopeWords,
  serviceWords,
  step,
} from "./words";

/** A change of these makes a new data source in place of the old one. */
export const replacing: ReadonlySet<string> = new Set(["datasetId", "service", "tenantId"]);

/** What Test Credentials has to list for each service. */
const crawled: Readonly<Record<string, string>> = {
  exchange: "mailboxes and calendars",
  sharePoint: "sites",
  oneDrive: "drives",
};

/** The New Data Source dialog: the vendor's twelve steps, and the six after them as 13 to 18. */
export function creation(declared: Declared, stack: string): Step[] {
  const { service, folderPath, ingestionScope: scope, crawlPriority, crawlMode, startImmediately } = declared;
  const { customDescription } = declared;
  return [
    step(1, "From the main menu select **Data Sources**."),
    step(2, "Click **New** > **New Data Source**."),
    step(3, datasetStep(declared)),
    step(4, "Click **Next**."),
    step(5, "Select the **Office 365** data source and click **Next**."),
    step(6, `Select the Office 365 service ${choice(serviceWords, service)}.`),
    step(7, `**Application (Client) ID**: enter ${shown(declared.applicationId)}.`),
    step(7.1, clientSecretStep({ reference: declared.clientSecretReference, stack })),
    step(7.2, `**Directory (Tenant) ID**: enter ${shown(declared.tenantId)}.`),
    ...(service === "oneDrive" || folderPath !== undefined
      ? [
          step(
            7.3,
            `**Folder Path**: ${folderPath === undefined ? "leave it blank, for all folders" : `enter ${shown(folderPath)}`}.`,
          ),
        ]
      : []),
    step(9, testCredentials(declared)),
    step(10, "Click **Next**."),
    step(11, `Choose the ingestion scope ${choice(scopeWords, recordOf(scope)?.["type"] ?? scope)}.`),
    ...scopeSteps(scope),
    step(12.1, testConnection),
    step(13, `Select the country ${countryText(declared.country)} and click **Next**.`),
    ...(customDescription === undefined
      ? []
      : [step(14, `Click **Add Custom Description** and enter ${shown(customDescription)}.`)]),
    step(15, `Set the **Crawl priority** to ${shown(crawlPriority)}.`),
    step(16, `Whether to crawl once or continuously: choose ${choice(modeWords, crawlMode)}.`),
    step(17, startStep(startImmediately)),
    step(18, "Click **Create Data Source**."),
  ];
}

function datasetStep({ datasetName, datasetId }: Declared): string {
  const dialog = "In the **New Data Source** dialog, choose the dataset";
  // One with an id of ours is declared, so it may be made here; any other is there.
  if (datasetName !== undefined && isDeclaredHere(datasetId)) {
    return `${dialog} ${shown(datasetName)} from the dropdown; only if it is new and not there yet, click **Add to new Data Set** and type ${shown(datasetName)}.`;
  }
  if (datasetName !== undefined) return `${dialog} ${shown(datasetName)} from the dropdown.`;
  const hint = isDeclaredHere(datasetId) ? " Its own run-sheet has its name." : "";
  return `${dialog} with the id ${shown(datasetId)} from the dropdown.${hint}`;
}

function isDeclaredHere(datasetId: unknown): boolean {
  return typeof datasetId !== "string" || datasetId === notKnownYet || isOperatorId(datasetId);
}

function testCredentials({ service, reach }: Declared): string {
  const what = crawled[service] ?? "what the service holds";
  const otherwise = isLimited({ service, reach })
    ? "The app may read mail by a rule of Exchange Online, which no token shows, so mail may be missing there: that alone is no reason to stop."
    : "If it does not, contact the Azure administrator before going on.";
  return `Optionally click **Test Credentials**: it has to show that the credentials allow to crawl ${what}. ${otherwise} ${tested}`;
}

/** Reads mail, but not by a permission in its token. */
function isLimited({ service, reach }: Pick<Declared, "service" | "reach">): boolean {
  return service === "exchange" && Array.isArray(reach) && !reach.some((one) => /^Mail\.Read(Write)?$/.test(one));
}

/** Why that is worth saying: the likely cause is then at the keyboard. */
const tested =
  "Where the program has a `Connection` (`Office365DataSource` has), that has made the same test with the same secret: what passed there and fails here was most likely mistyped.";

const testConnection =
  "Optionally click **Test Connection**: it has to find what the scope names, as the `Connection` did. " +
  "Check **Ignore this warning** only if the `Connection` gave the same warning (`warnings`), or if Microsoft 365 cannot be reached right now.";

function scopeSteps(value: unknown): Step[] {
  const scope = recordOf(value);
  if (scope === undefined)
    return [step(12, `Fill in the domain and the email, where the scope has them: ${shown(value)}.`)];
  const parts = (["domain", "email"] as const).filter((part) => scope[part] !== undefined);
  const texts = parts.map((part) => `the ${part} ${shown(scope[part])}`);
  return texts.length === 0 ? [] : [step(12, `Fill in ${texts.join(" and ")}.`)];
}

function startStep(startImmediately: unknown): string {
  if (startImmediately === true) return "Click **Start Crawl Immediately**.";
  if (startImmediately === false)
    return "Leave **Start Crawl Immediately** off. Someone starts the crawl by hand when it is to begin.";
  return `**Start Crawl Immediately**: ${shown(startImmediately)}.`;
}

export interface Changed {
  readonly declared: Declared;
  readonly found: Values;
  readonly stack: string;
  /** What is to change: properties that are entered, and `clientSecret`. */
  readonly names: ReadonlySet<string>;
  readonly secretBefore: SecretMark | undefined;
}

/** Only what changes. The way to the settings and whatever pauses a crawl are on no public page. */
export function update({ declared, found, stack, names, secretBefore }: Changed): Step[] {
  const to: Values = { ...declared };
  const changesCredential = names.has("clientSecret") || names.has("applicationId");
  // Another app's secrets have nothing to do with those of the one before, which may be gone.
  const before = names.has("applicationId") ? undefined : secretBefore;
  const startsByHand = names.has("crawlMode") && to["crawlMode"] === "continuous";
  const resume = `If you paused the crawl, resume it.${
    names.has("applicationId") && isLimited(declared)
      ? " Not before Exchange Online lets the new app in, 30 minutes to 2 hours after it was given its access."
      : ""
  }`;
  return [
    step(1, `From the main menu select **Data Sources** and select ${dataSourceText(found)}.`),
    ...(changesCredential ? [step(1.1, pause)] : []),
    step(1.2, "Open the data source's settings."),
    ...entered.filter((name) => names.has(name)).map((name) => step(places[name], changeText(name, found, to))),
    ...(names.has("clientSecret")
      ? [step(7.1, clientSecretStep({ reference: declared.clientSecretReference, stack, before }))]
      : []),
    ...(changesCredential ? [step(9, retest)] : []),
    step(18, "Save the settings."),
    ...(changesCredential ? [step(18.1, resume)] : []),
    ...(startsByHand
      ? [
          step(
            18.2,
            "If the crawl is not running, start it by hand once: NOW Privacy does not. After that it goes on by itself.",
          ),
        ]
      : []),
  ].sort((one, other) => one.order - other.order);
}

const pause =
  "If its crawl is running, or is set to go on by itself (**Continuous**), pause it before anything is changed: a crawl that meets a credential that is about to go loses sight of the data, " +
  "and NOW Privacy deletes its own copy of what a crawl no longer sees.";

const retest =
  "If the settings offer **Test Credentials**, click it, and save only when it shows that the new credentials may crawl what the old ones could.";

/** Where each property has its place in the vendor's procedure. */
const places: Readonly<Record<Entered, number>> = {
  datasetId: 3,
  service: 6,
  applicationId: 7,
  tenantId: 7.2,
  folderPath: 7.3,
  ingestionScope: 11,
  country: 13,
  customDescription: 14,
  crawlPriority: 15,
  crawlMode: 16,
};

/** Fields whose name the product's pages give as it stands on the screen. */
const onScreen: ReadonlySet<Entered> = new Set(["applicationId", "tenantId", "folderPath", "crawlPriority"]);

function changeText(name: Entered, found: Values, to: Values): string {
  const label = onScreen.has(name) ? `**${labels[name]}**` : labels[name];
  if (replacing.has(name)) {
    return `${label}: whether it stays ${valueText(name, found[name])} is ${shown(to[name])}. Another one makes a new data source in place of this one.`;
  }
  return `${label}: ${valueText(name, found[name])} → ${valueText(name, to[name])}.${consequence(name, found, to)}`;
}

function valueText(name: Entered, value: unknown): string {
  if (value === undefined) return absent[name] ?? "nothing";
  if (name === "ingestionScope") return scopeMarkdown(value);
  if (name === "country") return countryText(value);
  if (name === "service") return choice(serviceWords, value);
  return name === "crawlMode" ? choice(modeWords, value) : shown(value);
}

const absent: Partial<Readonly<Record<Entered, string>>> = {
  folderPath: "blank, for all folders",
  customDescription: "none, so that NOW Privacy's own shows",
};

/** What a narrower view costs, in clear words. It only gets here when `allowDataLoss` lets it. */
function consequence(name: Entered, found: Values, to: Values): string {
  const lost =
    (name === "ingestionScope" && isNarrower(found[name], to[name])) ||
    (name === "folderPath" && to[name] !== notKnownYet && !coversFolder(textOf(to[name]), textOf(found[name])));
  return lost
    ? " This deletes data: the next crawl no longer sees what is left out, and NOW Privacy deletes its own copy of it. `allowDataLoss` says that this is meant."
    : "";
}

function isNarrower(before: unknown, after: unknown): boolean {
  const [inner, outer] = [ingestionScope.safeParse(before), ingestionScope.safeParse(after)];
  return inner.success && outer.success && !covers(outer.data, inner.data);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** What of it is deleted with it. */
const copyGoes =
  "This deletes data: NOW Privacy's own copy of what it has crawled goes with it. Nothing in Microsoft 365 is deleted.";

/** @param order of the first step */
export function deletion(found: Values, vendorId: string | undefined, order: number): Step[] {
  const text = dataSourceText(found, vendorId);
  return [
    step(order, `From the main menu select **Data Sources** and select ${text}.`),
    step(order + 0.1, `Delete that data source. ${copyGoes}`),
  ];
}

/** A data source as a person finds it in the list. */
export function dataSourceText(found: Values, vendorId?: string): string {
  const { customDescription, service, ingestionScope: scope, tenantId } = found;
  const id = vendorId === undefined ? "" : `, id ${code(vendorId)}`;
  if (customDescription !== undefined) return `the data source ${shown(customDescription)}${id}`;
  return `the ${inWords(serviceWords, service)} data source with the scope ${scopeMarkdown(scope, "")} of the tenant ${shown(tenantId)}${id}`;
}
