/** The contract of the kind `m365audit:entra:AppAccess`. */
import { z } from "zod";
import type { Contract } from "../../core/contract";
import { environments } from "../../identity/environments";
import { guid } from "../schemas";

/** How many there are, and at most 20 of them by name. */
const sampled = z
  .object({
    /** How many there are in all. */
    count: z.int(),
    /** The first of them, at most 20: `Microsoft Graph: Mail.Read`, or `role Global Administrator (whole tenant)`. */
    sample: z.array(z.string()),
  })
  .meta({ typeName: "AccessBeyondDeclared" });

/** An application permission that the app is meant to have. */
const permission = z
  .strictObject({
    /** Application (client) id of the API. */
    api: guid,
    /** The permission's value, for example `Exchange.ManageAsApp`. */
    permission: z.string().min(1),
  })
  .meta({ typeName: "DeclaredPermission" });

/** A directory role that the app is meant to have. */
const directoryRole = z
  .strictObject({
    /** Template id of the role. */
    role: guid,
    /** What it covers: `/` for the whole tenant, or `/administrativeUnits/<object id>`. */
    scope: z.string().startsWith("/", 'allowed: "/" or "/administrativeUnits/<object id>"'),
  })
  .meta({ typeName: "DeclaredDirectoryRole" });

export const appAccessContract = {
  token: "m365audit:entra:AppAccess",
  description:
    "All that an app may hold in a tenant. Application permissions and directory roles beyond what is declared are drift, shown in " +
    "a preview and taken away by an update. What is declared and missing is not its business: ApiPermissionGrant and RoleAssignment " +
    "make that. Only direct assignments count: not what a group gives, roles that are merely eligible, or delegated permissions, " +
    "which an app that signs in as itself cannot use.",
  inputs: z.object({
    /** Id of the tenant (a GUID). Nothing is sent unless the token is of this tenant. Changing it replaces the resource. */
    tenantId: guid.meta({ replaces: true }),
    /** Object id of the app's service principal. Changing it replaces the resource. */
    servicePrincipalObjectId: guid.meta({ replaces: true }),
    /** The application permissions that it may hold. An empty list: none. */
    permissions: z.array(permission),
    /** The directory roles that it may hold. An empty list: none. */
    directoryRoles: z.array(directoryRole),
    /** What it holds beyond that: `remove` takes it away, `report` only lists it in `excessive`. Default: `remove`. */
    excess: z.enum(["remove", "report"]).meta({ typeName: "ExcessiveAccess" }).default("remove"),
    /**
     * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. Changing it replaces the
     * resource. Default: `m365audit:environment`, else `public`.
     */
    environment: z.enum(environments).meta({ typeName: "Environment", replaces: true }).optional(),
  }),
  outputs: z.object({
    /** What the app holds beyond what is declared, as of the last look; after an update with `remove` nothing. */
    excessive: sampled,
  }),
  drift: z.object({
    /** What the app holds beyond what is declared. Only with `excess: "remove"`. */
    beyondDeclared: sampled.optional(),
    /** Why the app's access could not be read, and what to do. */
    unreadable: z.string().optional(),
  }),
} satisfies Contract;

/** What is declared, with what may be left out left out. */
export type AppAccessInputs = z.input<typeof appAccessContract.inputs>;
export type AppAccessOutputs = z.output<typeof appAccessContract.outputs>;
/** What is recorded. Its size does not depend on how much the app holds. */
export type AppAccessState = AppAccessInputs & AppAccessOutputs & z.output<typeof appAccessContract.drift>;
