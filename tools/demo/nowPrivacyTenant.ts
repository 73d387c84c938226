/** What the NOW Privacy demo asks of the sandbox's own state: is it crawled as declared, what is ours, and how to undo it. */
import type { SandboxControl } from "../../sandbox";
import type { Finding } from "./tenant";

/** People in the group that the demo crawls; each has a mailbox and a calendar. */
const members = 3;

/** Each thing that the declaration promises, and whether the sandbox holds it. */
export function crawledAsDeclared(control: SandboxControl, tenant: string): Finding[] {
  const { directory } = control.tenant(tenant);
  const [app] = directory.applications;
  const consents = directory.consents.map(({ permission }) => permission).sort();
  const { datasets, dataSources } = control.nowPrivacy();
  const [dataset] = datasets;
  const [source] = dataSources;
  const crawl = source?.crawl;
  const priority = source?.crawlPriority;
  return [
    {
      ok: app?.clientSecrets.length === 1 && app.certificates.length === 0,
      text: `Entra: app ${app?.displayName ?? "none"} with ${String(app?.clientSecrets.length ?? 0)} client secret`,
    },
    {
      ok: consents.join() === "Directory.Read.All",
      text: `Entra: consent to ${consents.join(", ") || "nothing"}; mail and calendars come from Exchange Online, for the group alone`,
    },
    {
      ok: dataset?.securityGroups.join() === "Privacy team",
      text: `NOW Privacy: dataset ${dataset?.name ?? "none"}, seen by ${dataset?.securityGroups.join(", ") ?? "nobody"}`,
    },
    {
      ok: source?.crawlMode === "continuous" && crawl?.state === "running" && priority === 0.5,
      text: `NOW Privacy: crawl ${source?.crawlMode ?? "none"}, ${crawl?.state ?? "none"}, priority ${String(priority)}`,
    },
    {
      ok: crawl?.containers === 2 * members && crawl.errors.length === 0,
      text: `NOW Privacy: ${String(crawl?.crawled ?? 0)} items of ${String(crawl?.containers ?? 0)} mailboxes and calendars in its copy`,
    },
  ];
}

/** What the sandbox holds that was not there at the start, by name. */
export function left(control: SandboxControl, tenant: string): string[] {
  const { directory } = control.tenant(tenant);
  const { datasets, dataSources } = control.nowPrivacy();
  return [
    ...directory.applications.map(({ displayName }) => `app ${displayName}`),
    ...directory.servicePrincipals.map(({ displayName }) => `service principal ${displayName}`),
    ...directory.consents.map(({ permission }) => `consent to ${permission}`),
    ...datasets.map(({ name }) => `dataset ${name}`),
    ...dataSources.map(({ description }) => `data source ${description}`),
  ];
}

/** Undoes one thing after another. `drift`: what a preview must then say, as `<resource> <property>`. */
export function tamper(control: SandboxControl, tenant: string): { story: string[]; drift: string[] } {
  const [app] = control.tenant(tenant).directory.applications;
  const [source] = control.nowPrivacy().dataSources;
  if (!app || !source) throw new Error("there is nothing to tamper with");
  control.crawl(source.id, "stop");
  control.patchDataSource(source.id, { crawlPriority: 1 });
  control.addConsent(tenant, app.clientId, "Files.Read.All");
  return {
    story: [
      `NOW Privacy: the continuous crawl of "${source.description}" stopped`,
      `NOW Privacy: crawl priority of "${source.description}" set to 1`,
      `Entra: admin consent of ${app.displayName} to Files.Read.All, for which nothing asks`,
    ],
    drift: ["NOW Privacy DataSource crawl", "NOW Privacy DataSource crawlPriority", "Entra AppAccess beyondDeclared"],
  };
}
