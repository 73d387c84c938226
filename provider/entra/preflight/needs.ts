/** What a credential has to reach, as it is declared. */
import { z } from "zod";
import { directoryRoleTemplates, exchangeOnline, microsoftGraph, type WellKnownApi, wellKnownApis } from "../wellKnown";

const isGuid = (text: string): boolean => z.guid().safeParse(text).success;
const isApi = (text: string): boolean => isGuid(text) || wellKnownApis.some(({ displayName }) => displayName === text);
const isRole = (text: string): boolean => isGuid(text) || Object.hasOwn(directoryRoleTemplates, text);

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
const apiNames = quoted(wellKnownApis.map(({ displayName }) => displayName));
const roleNames = quoted(Object.keys(directoryRoleTemplates));

/** What one service needs of one API. */
export const needSchema = z
  .strictObject({
    /** What it is for, as it is to appear in the table: "Exchange Online activity". */
    service: z.string().min(1),
    /** The API: its name in the Entra admin center for Microsoft's well-known ones ("Office 365 Exchange Online"), else its client id. */
    api: z.string().refine(isApi, { error: `allowed: ${apiNames}, or the client id of an API (a GUID)` }),
    /** Application permissions by value, for example `Exchange.ManageAsApp`. Default: none. */
    permissions: z.array(z.string().min(1)).default([]),
    /** A directory role, by its name in the Entra admin center or by its template id. */
    directoryRole: z
      .string()
      .refine(isRole, { error: `allowed: ${roleNames}, or the template id of a role (a GUID)` })
      .optional(),
    /**
     * The role is assigned over an administrative unit. No token shows such a role, so without a probe it cannot be known. Default:
     * false, for the whole tenant.
     */
    administrativeUnit: z.boolean().optional(),
    /** Ask the service itself, too. `exchangeOnline`: Exchange Online lists one mailbox for the app. Default: the tokens alone are asked. */
    probe: z.enum(["exchangeOnline"]).optional(),
  })
  .refine(({ directoryRole, administrativeUnit }) => directoryRole !== undefined || administrativeUnit !== true, {
    path: ["administrativeUnit"],
    error: "true was given; allowed only with directoryRole",
    params: { dependsOn: ["directoryRole"] },
  })
  .refine(({ api, probe }) => probe === undefined || apiOf(api).appId === exchangeOnline.appId, {
    path: ["probe"],
    error: `allowed only where api is "${exchangeOnline.displayName}"`,
    params: { dependsOn: ["api"] },
  })
  .refine(
    ({ permissions, directoryRole, probe }) =>
      permissions.length > 0 || directoryRole !== undefined || probe !== undefined,
    {
      path: ["permissions"],
      error: "allowed: at least one of permissions, directoryRole and probe",
      params: { dependsOn: ["permissions", "directoryRole", "probe"] },
    },
  )
  .meta({ typeName: "PreflightNeed" });

/** What one service needs of one API. What may be left out may be left out. */
export type Need = z.input<typeof needSchema>;

/** An API that tokens are asked for. */
export type Api = Pick<WellKnownApi, "appId" | "displayName">;

/** The API of that name or client id. */
export function apiOf(api: string): Api {
  const wanted = api.toLowerCase();
  return (
    wellKnownApis.find(({ appId, displayName }) => appId === wanted || displayName === api) ?? {
      appId: wanted,
      displayName: api,
    }
  );
}

/** A directory role by its template id, or the id itself. */
export function roleName(templateId: string): string {
  return Object.entries(directoryRoleTemplates).find(([, id]) => id === templateId)?.[0] ?? templateId;
}

/** Template id of the role of that name or template id. */
export function roleTemplateId(role: string): string {
  return (directoryRoleTemplates as Readonly<Record<string, string>>)[role] ?? role.toLowerCase();
}

/** The roles with which someone may consent to application permissions of an API. */
export function whoConsents({ appId }: Api): string {
  // https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent
  return appId === microsoftGraph.appId
    ? "a Privileged Role Administrator"
    : "an Application Administrator, Cloud Application Administrator or Privileged Role Administrator";
}
