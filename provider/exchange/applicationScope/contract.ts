/**
 * The contract of the kind `m365audit:exchange:ApplicationScope`.
 *
 * Facts: {@link https://learn.microsoft.com/exchange/permissions-exo/application-rbac} for the roles, the union with consent in Entra ID,
 * the delay and the test that bypasses the cache;
 * {@link https://learn.microsoft.com/powershell/module/exchangepowershell/new-managementroleassignment} for scopes.
 */
import { z } from "zod";
import type { Contract } from "../../core/contract";
import { environments } from "../../identity/environments";
import { applicationScopeSchema } from "./scope";

const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000");

/** Characters, as Exchange limits the names of scopes and role assignments. */
export const longestName = 64;

/** Exchange's roles for apps: what the permission of the same name would let an app do, in the mailboxes of the assignment's scope. */
export const applicationRoles = [
  "Application Mail.Read",
  "Application Mail.ReadBasic",
  "Application Mail.ReadWrite",
  "Application Mail.Send",
  "Application MailboxSettings.Read",
  "Application MailboxSettings.ReadWrite",
  "Application Calendars.Read",
  "Application Calendars.ReadWrite",
  "Application Contacts.Read",
  "Application Contacts.ReadWrite",
  "Application Mail Full Access",
  "Application Exchange Full Access",
  "Application EWS.AccessAsApp",
] as const;
export type ApplicationRole = (typeof applicationRoles)[number];

const role = z
  .enum(applicationRoles, {
    error: `allowed: ${applicationRoles.map((name) => JSON.stringify(name)).join(", ")} (names of Exchange's application roles, not of permissions)`,
  })
  .meta({ typeName: "ApplicationRole" });

/** How many there are, and at most 20 of them by name. */
const sampled = z
  .object({
    /** How many there are in all. */
    count: z.int(),
    /** The first of them, at most 20, for example `Application Mail.Send (every mailbox)`. */
    sample: z.array(z.string()),
  })
  .meta({ typeName: "AssignmentsBeyondScope" });

/** What Exchange answered for one mailbox. */
const proof = z
  .object({
    /** Primary address of the mailbox. */
    mailbox: z.string(),
    /** Whether the app may use every declared role in it. For a mailbox out of scope: whether it may use any. */
    inScope: z.boolean(),
  })
  .meta({ typeName: "ApplicationScopeProof" });

export const applicationScopeContract = {
  token: "m365audit:exchange:ApplicationScope",
  description:
    "Lets an app into the mailboxes in scope and no others, by Exchange Online's RBAC for Applications: in place of consent in Entra " +
    "ID to a permission such as Mail.Read, which reaches every mailbox of the tenant. The two add up: an app that also has the consent " +
    "still reads everything. That consent cannot be seen here; keep it away by not granting it, and with entra.AppAccess, which shows " +
    "and removes it. Requests of the app feel a change after 30 minutes to 2 hours, because Exchange caches permissions; the proof in " +
    "the outputs bypasses that cache. The app's tokens do not name these roles, and Autodiscover is not covered by them. The identity " +
    "that deploys signs in: it needs Exchange.ManageAsApp and a role that may manage role assignments, Exchange Administrator or " +
    "membership in the role group Organization Management.",
  inputs: z.object({
    /** Id of the tenant (a GUID). Nothing is sent unless the token is of this tenant. Changing it replaces the resource. */
    tenantId: guid.meta({ replaces: true }),
    /**
     * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. Changing it replaces the
     * resource. Default: `m365audit:environment`, else `public`.
     */
    environment: z.enum(environments).meta({ typeName: "Environment", replaces: true }).optional(),
    /** Client id of the app to be limited. Changing it replaces the resource. */
    clientId: guid.meta({ replaces: true }),
    /** Object id of the app's service principal (its enterprise application), not of the app registration. Changing it replaces the resource. */
    servicePrincipalObjectId: guid.meta({ replaces: true }),
    /** What Exchange calls the app. Default: as it is called there already, else a name with its client id. */
    displayName: z.string().min(1).max(256).optional(),
    /** What the app may do in the mailboxes in scope, for example `Application Mail.Read`. The order does not matter. */
    roles: z.array(role).min(1),
    /** Which mailboxes the app may reach. */
    scope: applicationScopeSchema,
    /**
     * Name of the management scope that holds the filter, at most 64 characters; not used for `everything` and `administrativeUnit`. A
     * scope of this name that is there already is taken over and its filter set, for every assignment that uses it: give each app a
     * name of its own. Default: made from the client id.
     */
    scopeName: z
      .string()
      .max(longestName)
      .regex(
        /^[^\s*,'"](?:[^*,'"]*[^\s*,'"])?$/,
        "allowed: a name without quotation marks, commas, asterisks or blanks at its ends",
      )
      .optional(),
    /**
     * Assignments of application roles that the app has beyond what is declared, made by whomever: `remove` takes them away, `report`
     * only lists them in `excessive`. They count in full: an app may reach whatever any of its assignments says. Default: `remove`.
     */
    excess: z.enum(["remove", "report"]).meta({ typeName: "ExcessiveAssignments" }).default("remove"),
  }),
  outputs: z.object({
    /** The filter of the management scope (OPATH), where there is one. */
    recipientFilter: z.string().optional(),
    /** Whether the pointer to the service principal was made here. If so, it goes when the resource is deleted. */
    madeServicePrincipal: z.boolean(),
    /** Name of the management scope that was made here, where there is one. It goes when the resource is deleted; one taken over stays. */
    madeScope: z.string().optional(),
    /** Assignments of application roles that the app has beyond what is declared, as of the last look. */
    excessive: sampled,
    /**
     * What Exchange said of a mailbox in scope and of one out of scope, right after the last update that changed something. Empty
     * where there is no such mailbox, and for an administrative unit, whose mailboxes cannot be listed.
     */
    proof: z
      .object({
        /** A mailbox that the app is to reach. */
        inside: proof.optional(),
        /** A mailbox that the app is not to reach. */
        outside: proof.optional(),
      })
      .meta({ typeName: "ApplicationScopeProofs" }),
  }),
  drift: z.object({
    /** What is not there: `service principal`, `management scope`, or the names of roles that are not assigned for the scope. */
    missing: z.array(z.string()).optional(),
    /** The filter that the management scope has in place of the declared one. */
    otherFilter: z.string().optional(),
    /** Object id that Exchange has for the app in place of the declared one: that of a service principal of former days. */
    otherObjectId: z.string().optional(),
    /** Assignments of application roles beyond what is declared. Only with `excess: "remove"`. */
    beyondScope: sampled.optional(),
    /** A management scope that was made here and is no longer used. */
    unusedScope: z.string().optional(),
    /** Why it could not be read, and what to do. */
    unreadable: z.string().optional(),
  }),
} satisfies Contract;

/** What is declared, with what may be left out left out. */
export type ApplicationScopeInputs = z.input<typeof applicationScopeContract.inputs>;
export type ApplicationScopeOutputs = z.output<typeof applicationScopeContract.outputs>;
export type ApplicationScopeDrift = z.output<typeof applicationScopeContract.drift>;
/** What is recorded. Its size does not depend on the tenant's. */
export type ApplicationScopeState = ApplicationScopeInputs & ApplicationScopeOutputs & ApplicationScopeDrift;

/** The name of the management scope that is declared, or that follows from the app. */
export function scopeNameOf({ scopeName, clientId }: Pick<ApplicationScopeInputs, "scopeName" | "clientId">): string {
  return scopeName ?? `m365audit ${clientId.toLowerCase()}`;
}
