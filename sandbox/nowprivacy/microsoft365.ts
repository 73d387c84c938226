/** Microsoft 365 as NOW Privacy's crawler meets it: the sandbox's own tenants. */
import { createHash } from "node:crypto";
import { microsoftGraph } from "../../provider/entra/wellKnown";
import { assignedRoleValue } from "../entra/appRoleAssignments";
import { secretHash } from "../entra/credentials";
import type { SandboxTenant, Tenants } from "../tenants";
import type { Access, Container, Microsoft365 } from "./crawl";
import type { Service } from "./model";

/** What the tenants' directories do not say themselves. */
export interface Microsoft365Options {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Email addresses of a group's members, lower case. Default: every group is empty. */
  members?(tenant: SandboxTenant, groupEmail: string): readonly string[];
  /** Access that is in no token: RBAC for Applications. Default: none. */
  alsoReads?(tenant: SandboxTenant, applicationId: string, container: Container): boolean;
}

/** Asks the directories as they are, not a replica of them. */
export function microsoft365Of(tenants: Tenants, options: Microsoft365Options): Microsoft365 {
  return {
    reach: (tenantId, applicationId, clientSecret) => {
      const tenant = tenants.byName(tenantId);
      if (tenant === undefined || !holds(tenant, applicationId, clientSecret, options.now())) return undefined;
      return {
        permissions: graphPermissions(tenant, applicationId),
        alsoReads: (container) => options.alsoReads?.(tenant, applicationId, container) === true,
      } satisfies Access;
    },
    tenantItems: (tenantId, service) => {
      const tenant = tenants.byName(tenantId);
      return tenant === undefined ? [] : containers(tenant, service);
    },
    members: (tenantId, groupEmail) => {
      const tenant = tenants.byName(tenantId);
      return tenant === undefined ? [] : (options.members?.(tenant, groupEmail) ?? []);
    },
  };
}

/** Whether the application's secrets (or those of its service principal) hold this one now. */
function holds({ directory }: SandboxTenant, applicationId: string, clientSecret: string, now: number): boolean {
  const application = directory.applicationByAppId(applicationId);
  const principal = directory.servicePrincipalByAppId(applicationId);
  if (application === undefined || principal === undefined) return false;
  const hash = secretHash(clientSecret);
  return application.passwordCredentials.some(
    ({ sha256, startDateTime, endDateTime }) =>
      sha256 === hash && Date.parse(startDateTime) <= now && now < Date.parse(endDateTime),
  );
}

function graphPermissions({ directory }: SandboxTenant, applicationId: string): string[] {
  const principal = directory.servicePrincipalByAppId(applicationId);
  const graph = directory.servicePrincipalByAppId(microsoftGraph.appId);
  if (principal === undefined || graph === undefined) return [];
  return directory
    .assignmentsOf(principal.id)
    .filter(({ resourceId }) => resourceId === graph.id)
    .flatMap((assignment) => assignedRoleValue(assignment, directory) ?? []);
}

/** People's mailboxes and calendars, their drives, and a site: how much is in them depends on their names only. */
function containers({ exchange, initialDomain }: SandboxTenant, service: Service): Container[] {
  if (service === "sharePoint") {
    const owner = `office@${initialDomain}`;
    return [{ name: "/sites/office", kind: "site", owner, items: count("/sites/office", 900) }];
  }
  return [...exchange.each()].flatMap(({ userPrincipalName, recipientTypeDetails }): Container[] => {
    const owner = userPrincipalName.toLowerCase();
    if (service === "oneDrive") {
      if (recipientTypeDetails !== "UserMailbox") return [];
      const [documents, reports] = [count(`${owner}/d`, 40), count(`${owner}/r`, 20)];
      const folders = { "/Documents": documents, "/Documents/Reports": reports };
      return [{ name: `drive of ${owner}`, kind: "drive", owner, items: documents + reports + 5, folders }];
    }
    if (!["UserMailbox", "SharedMailbox"].includes(recipientTypeDetails)) return [];
    return [
      { name: `mailbox of ${owner}`, kind: "mailbox", owner, items: count(`${owner}/m`, 400) },
      { name: `calendar of ${owner}`, kind: "calendar", owner, items: count(`${owner}/c`, 60) },
    ];
  });
}

/** From 1 to `most`, the same each time. */
function count(name: string, most: number): number {
  return 1 + (createHash("sha256").update(name).digest().readUInt32BE(0) % most);
}
