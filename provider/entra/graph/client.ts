/** Microsoft Graph as this package needs it: who holds which permission and role, and taking one away. Reads and deletes only. */
import { z } from "zod";
import { NotFound } from "../../core/errors";
import { createHttp } from "../../core/http";
import { type Gone, gone } from "../../core/plan";
import type { Waiting } from "../../core/wait";
import { type AcquireToken, Tokens } from "../../identity/token";
import type { GraphDoing } from "./errors";
import { GraphTransport } from "./transport";

const id = z.string().min(1);

/** {@link https://learn.microsoft.com/graph/api/resources/serviceprincipal} */
const servicePrincipal = z.object({
  /** Object id. */
  id,
  /** Client id of its application. */
  appId: z.string(),
  displayName: z.string().nullish(),
  /** What it offers to applications and users, as an API. */
  appRoles: z.array(z.object({ id, value: z.string().nullish(), displayName: z.string().nullish() })).default([]),
});
export type ServicePrincipal = z.output<typeof servicePrincipal>;

/** {@link https://learn.microsoft.com/graph/api/resources/approleassignment} */
const appRoleAssignment = z.object({
  id,
  appRoleId: id,
  principalId: id,
  /** Object id of the API's service principal. */
  resourceId: id,
  resourceDisplayName: z.string().nullish(),
});
/** Admin consent to one application permission. */
export type AppRoleAssignment = z.output<typeof appRoleAssignment>;

/** {@link https://learn.microsoft.com/graph/api/resources/unifiedroleassignment} */
const roleAssignment = z.object({
  id,
  principalId: id,
  /** For a built-in role its template id. */
  roleDefinitionId: id,
  /** `/` for the whole tenant, `/administrativeUnits/<object id>`, or another object's; null where `appScopeId` says it. */
  directoryScopeId: z.string().nullish(),
  appScopeId: z.string().nullish(),
});
/** A directory role that a principal holds. */
export type RoleAssignment = z.output<typeof roleAssignment>;

/** {@link https://learn.microsoft.com/graph/api/resources/requiredresourceaccess} */
const requiredResourceAccess = z.object({
  /** Client id of the API. */
  resourceAppId: z.string(),
  /** `Role`: an application permission; `Scope`: a delegated one. */
  resourceAccess: z.array(z.object({ id, type: z.string() })),
});

const application = z.object({
  /** Object id. */
  id,
  /** Client id. */
  appId: z.string(),
  requiredResourceAccess: z.array(requiredResourceAccess).default([]),
});
/** An application with the permissions that it asks for, API by API. */
export type Application = z.output<typeof application>;

const roleDefinition = z.object({ id, displayName: z.string() });

/** By what an application or a service principal is found. */
export type Key = { readonly objectId: string } | { readonly clientId: string };

export interface GraphClient {
  /** `gone` when the tenant has none. */
  servicePrincipal(key: Key): Promise<ServicePrincipal | Gone>;
  /** `gone` when the tenant has none. */
  application(key: Key): Promise<Application | Gone>;
  /**
   * Every app role that a principal was assigned directly.
   * @throws NotFound when there is no such principal
   */
  appRoleAssignments(principalObjectId: string): Promise<AppRoleAssignment[]>;
  /** Every directory role that a principal was assigned directly, active assignments only. None when there is no such principal. */
  roleAssignments(principalObjectId: string): Promise<RoleAssignment[]>;
  /** Name of a directory role, `gone` when there is none. */
  roleName(roleDefinitionId: string): Promise<string | Gone>;
  /** One that is gone already is no error. */
  removeAppRoleAssignment(assignment: Pick<AppRoleAssignment, "id" | "principalId">): Promise<void>;
  /** One that is gone already is no error. */
  removeRoleAssignment(assignment: Pick<RoleAssignment, "id">): Promise<void>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface GraphClientOptions extends Waiting {
  /** Without a path, for example `https://graph.microsoft.com`. */
  readonly endpoint: string;
  /** Nothing is sent before a token is proven to be of this tenant. */
  readonly tenantId: string;
  readonly acquireToken: AcquireToken;
  /** Spreads the pauses; `Math.random` unless given. */
  readonly random?: () => number;
}

// Smallest first, as each operation's reference page has them.
const readApplications = ["Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All"] as const;
const readRoles = [
  "RoleManagement.Read.Directory",
  "Directory.Read.All",
  "RoleManagement.ReadWrite.Directory",
] as const;
const writeAssignments = ["AppRoleAssignment.ReadWrite.All"] as const;
const writeRoles = ["RoleManagement.ReadWrite.Directory"] as const;

/** Opens a connection. Nothing is sent before the first call. */
export async function openGraph(options: GraphClientOptions): Promise<GraphClient> {
  const { tenantId, acquireToken, clock, signal } = options;
  const http = await createHttp(options);
  const tokens = new Tokens(acquireToken, tenantId, clock, "Microsoft Graph", signal);
  const graph = new GraphTransport({ ...options, tokens, http });
  return {
    servicePrincipal: (key) =>
      orGone(
        graph.get(
          `/servicePrincipals${keyed(key)}?$select=id,appId,displayName,appRoles`,
          servicePrincipal,
          doing("reading service principal", nameOf(key), readApplications),
        ),
      ),
    application: (key) =>
      orGone(
        graph.get(
          `/applications${keyed(key)}?$select=id,appId,requiredResourceAccess`,
          application,
          doing("reading application", nameOf(key), readApplications),
        ),
      ),
    appRoleAssignments: (principal) =>
      graph.list(
        `/servicePrincipals/${segment(principal)}/appRoleAssignments`,
        appRoleAssignment,
        doing("listing the app roles of service principal", principal, readApplications),
      ),
    roleAssignments: (principal) =>
      graph.list(
        `/roleManagement/directory/roleAssignments?$filter=${encodeURIComponent(`principalId eq ${quoted(principal)}`)}`,
        roleAssignment,
        doing("listing the directory roles of service principal", principal, readRoles),
      ),
    roleName: async (role) => {
      const found = await orGone(
        graph.get(
          `/roleManagement/directory/roleDefinitions/${segment(role)}?$select=id,displayName`,
          roleDefinition,
          doing("reading directory role", role, readRoles),
        ),
      );
      return found === gone ? gone : found.displayName;
    },
    removeAppRoleAssignment: ({ id: assignment, principalId }) =>
      unlessGone(
        graph.delete(
          `/servicePrincipals/${segment(principalId)}/appRoleAssignments/${segment(assignment)}`,
          doing("removing app role assignment", assignment, writeAssignments),
        ),
      ),
    removeRoleAssignment: ({ id: assignment }) =>
      unlessGone(
        graph.delete(
          `/roleManagement/directory/roleAssignments/${segment(assignment)}`,
          doing("removing directory role assignment", assignment, writeRoles),
        ),
      ),
    close: () => http.close(),
  };
}

function doing(operation: string, subject: string, needs: GraphDoing["needs"]): GraphDoing {
  return { operation, subject, needs };
}

function keyed(key: Key): string {
  return "objectId" in key
    ? `/${segment(key.objectId)}`
    : `(appId=${encodeURIComponent(quoted(key.clientId)).replaceAll("%27", "'")})`;
}

function nameOf(key: Key): string {
  return "objectId" in key ? key.objectId : `of client id ${key.clientId}`;
}

function segment(text: string): string {
  return encodeURIComponent(text);
}

/** A value in an OData expression. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function orGone<T>(answer: Promise<T>): Promise<T | Gone> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound) return gone;
    throw error;
  }
}

async function unlessGone(answer: Promise<void>): Promise<void> {
  await orGone(answer);
}
