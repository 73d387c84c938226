import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import { InvalidInput } from "../core/errors";
import { checkArgs, type Inputs, mustBePlain } from "../pulumi/arguments";
import { objectNames } from "./adoption";
import type { AskedFor, ExistingGrant } from "./adoption/lookUp";
import { Adoption, lookUpSetting } from "./adoptionResource";
import { environments } from "../identity/environments";
import { lookUp } from "./lookUp";
import { applicationId, guid } from "./schemas";
import { wellKnownApis } from "./wellKnown";

export const apiPermissionGrantArgs = z.strictObject({
  /** The application that asks: `/applications/<object id>`. Changing it replaces the grants. */
  applicationId,
  /** Object id of that application's service principal, to which the permissions are granted. Changing it replaces the grants. */
  principalObjectId: guid,
  /**
   * The API, by the name under which "APIs my organization uses" lists it (`Office 365 Exchange Online`), or by its application
   * (client) id. Changing it replaces the grants.
   */
  api: z.string().min(1),
  /**
   * The API's application permissions, by value: `["Exchange.ManageAsApp"]`. All that this application needs of the API, because
   * Entra keeps one list an API: use one grant for each pair of application and API. Must be plain values.
   */
  permissions: z.array(z.string().min(1)).min(1),
  /**
   * Takes over what is there already in place of failing on it: consents that the application has, and its entry for the API in its
   * own list of permissions, to which what it lacks is added. `pulumi destroy` leaves what was taken over, that entry with its
   * additions included; what the stack made goes. Turned on later, it takes what the stack made before for there already; turned
   * off, everything is the stack's. The deploying identity needs to read applications in Microsoft Graph (`Application.Read.All`).
   * Must be a plain value. Default: false.
   */
  adoptExisting: z.boolean().default(false),
  /** The cloud that the tenant lives in, for looking up what is there. Default: `m365audit:environment`, else `public`. */
  environment: z.enum(environments).meta({ typeName: "Environment" }).optional(),
});

/** Arguments of {@link ApiPermissionGrant}. */
export type ApiPermissionGrantArgs = Inputs<z.input<typeof apiPermissionGrantArgs>>;

export const apiPermissionGrantContract = {
  token: "m365audit:entra:ApiPermissionGrant",
  description:
    "Application permissions of one API, asked for by an application and consented to for the whole tenant (admin consent).",
  args: apiPermissionGrantArgs,
  outputs: z.object({
    /** Application (client) id of the API. */
    apiClientId: z.string(),
    /** Object id of the API's service principal in this tenant. */
    apiObjectId: z.string(),
    /** Ids of the app roles that were granted, in the order of `permissions`. */
    appRoleIds: z.array(z.string()),
    /** Ids of the consents, in the order of `permissions`. */
    assignmentIds: z.array(z.string()),
  }),
} satisfies ComponentContract;

/**
 * Application permissions of one API, with admin consent.
 *
 * ```ts
 * new entra.ApiPermissionGrant("exchange", {
 *   applicationId: app.applicationId,
 *   principalObjectId: app.servicePrincipalObjectId,
 *   api: "Office 365 Exchange Online",
 *   permissions: ["Exchange.ManageAsApp"],
 * });
 * ```
 *
 * The API's own service principal is only looked up: to adopt it as a resource would delete Microsoft's object on destroy.
 *
 * @throws InvalidInput with every problem of the arguments; from the outputs, when the API has no such permission
 * @throws NotFound (from the outputs) when the tenant has no such API
 */
export class ApiPermissionGrant extends pulumi.ComponentResource {
  /** Application (client) id of the API. */
  readonly apiClientId: pulumi.Output<string>;
  /** Object id of the API's service principal in this tenant. */
  readonly apiObjectId: pulumi.Output<string>;
  /** Ids of the app roles that were granted, in the order of `permissions`. */
  readonly appRoleIds: pulumi.Output<string[]>;
  /** Ids of the consents, in the order of `permissions`. */
  readonly assignmentIds: pulumi.Output<string[]>;

  constructor(name: string, args: ApiPermissionGrantArgs, options?: pulumi.ComponentResourceOptions) {
    const subject = `${apiPermissionGrantContract.token} "${name}"`;
    checkArgs(apiPermissionGrantArgs, args, subject, ({ permissions, adoptExisting }) => [
      ...mustBePlain("permissions", permissions),
      ...mustBePlain("adoptExisting", adoptExisting),
    ]);
    super(apiPermissionGrantContract.token, name, {}, options);
    const permissions = [...new Set(args.permissions as string[])];
    const api = pulumi.output(args.api).apply((wanted) => apiOf(this, wanted));
    this.apiClientId = api.clientId;
    this.apiObjectId = api.objectId;
    this.appRoleIds = api.apply((offered) => appRoleIdsOf(offered, permissions, subject));
    const existing = args.adoptExisting === true ? this.existing(name, args, permissions) : undefined;
    this.ask(name, args, existing);
    const consents = this.consent(name, args, permissions, existing);
    this.assignmentIds = pulumi.all(consents.map(({ id }) => id));
    this.registerOutputs({
      apiClientId: this.apiClientId,
      apiObjectId: this.apiObjectId,
      appRoleIds: this.appRoleIds,
      assignmentIds: this.assignmentIds,
    });
  }

  private existing(name: string, args: ApiPermissionGrantArgs, permissions: readonly string[]): Existing {
    const { applicationId, principalObjectId, environment } = args;
    const grant = pulumi
      .all([applicationId, principalObjectId, environment, this.apiClientId, this.apiObjectId, this.appRoleIds])
      .apply(async ([application, principal, cloud, apiClientId, apiObjectId, ids]) => {
        const { ctx, tenantId } = await lookUpSetting(this, "the permissions that are there");
        const { existingGrant } = await import("./adoption/lookUp.js");
        const appRoleIds = Object.fromEntries(permissions.map((permission, index) => [permission, ids[index] ?? ""]));
        return existingGrant(
          ctx,
          { tenantId, environment: cloud },
          { applicationId: application, principalObjectId: principal, apiClientId, apiObjectId, appRoleIds },
        );
      });
    const adoption = new Adoption(
      `${name}-adoption`,
      {
        holder: pulumi.interpolate`${applicationId}/${principalObjectId}/${this.apiClientId}`,
        declared: [apiAccess, ...permissions],
        found: grant.apply(({ found }) => found as Record<string, string>),
      },
      { parent: this },
    );
    return { adoption, askedFor: grant.apply(({ askedFor }: ExistingGrant) => askedFor) };
  }

  private ask(name: string, { applicationId }: ApiPermissionGrantArgs, existing: Existing | undefined): void {
    new azuread.ApplicationApiAccess(
      `${name}-${apiAccess}`,
      {
        applicationId,
        apiClientId: this.apiClientId,
        ...(existing === undefined ? { roleIds: this.appRoleIds } : asks(existing, this.appRoleIds)),
      },
      { parent: this, ...existing?.adoption.taking(apiAccess) },
    );
  }

  private consent(
    name: string,
    { principalObjectId }: ApiPermissionGrantArgs,
    permissions: readonly string[],
    existing: Existing | undefined,
  ): azuread.AppRoleAssignment[] {
    return permissions.map((permission, index) => {
      const appRoleId = this.appRoleIds.apply((ids) => ids[index] ?? "");
      return new azuread.AppRoleAssignment(
        `${name}-${permission}`,
        {
          principalObjectId,
          resourceObjectId: this.apiObjectId,
          appRoleId: existing?.adoption.decided(appRoleId) ?? appRoleId,
        },
        { parent: this, ...existing?.adoption.taking(permission) },
      );
    });
  }
}

/** Among the adopted, and in the name of the child. */
const { apiAccess } = objectNames;

/** What was there before the stack. */
interface Existing {
  readonly adoption: Adoption;
  /** The application's entry for the API as it is now; undefined when there is none. */
  readonly askedFor: pulumi.Output<AskedFor | undefined>;
}

/** An adopted entry keeps what it holds besides, which is not the stack's; the stack's own holds what is declared. */
function asks(
  { adoption, askedFor }: Existing,
  declared: pulumi.Output<string[]>,
): Pick<azuread.ApplicationApiAccessArgs, "roleIds" | "scopeIds"> {
  const kept = adoption.adopted.apply((adopted): pulumi.Output<AskedFor | undefined> =>
    adopted[apiAccess] === undefined ? pulumi.output(undefined) : askedFor,
  );
  return {
    roleIds: pulumi.all([declared, kept]).apply(([ids, entry]) => [...new Set([...(entry?.roleIds ?? []), ...ids])]),
    scopeIds: kept.apply((entry) =>
      entry === undefined || entry.scopeIds.length === 0 ? undefined : [...entry.scopeIds],
    ),
  };
}

/** The API's service principal in the tenant that the parent's azuread provider works in. */
function apiOf(parent: pulumi.Resource, api: string): Promise<azuread.GetServicePrincipalResult> {
  const known = wellKnownApis.find(({ displayName }) => displayName.toLowerCase() === api.toLowerCase());
  const clientId = known?.appId ?? (guid.safeParse(api).success ? api : undefined);
  return lookUp(
    {
      operation: "looking up the API",
      subject: api,
      property: "api",
      next: 'Give its name as the Entra admin center lists it under "APIs my organization uses". An API is in a tenant only once the tenant has a licence for it.',
    },
    () => azuread.getServicePrincipal(clientId === undefined ? { displayName: api } : { clientId }, { parent }),
  );
}

/** What an API offers to applications. */
interface Offer {
  readonly displayName: string;
  /** App role ids by permission value. */
  readonly appRoleIds: Readonly<Record<string, string>>;
}

/**
 * The ids of app roles by their values.
 *
 * @throws InvalidInput that names every permission which the API does not have, and those which it has
 */
export function appRoleIdsOf(
  { displayName, appRoleIds }: Offer,
  permissions: readonly string[],
  subject: string,
): string[] {
  const offered = Object.keys(appRoleIds).sort();
  const unknown = permissions.flatMap((permission, index) =>
    appRoleIds[permission] === undefined
      ? [
          {
            path: `permissions[${String(index)}]`,
            message: `"${permission}" was given; ${displayName} offers: ${offered.join(", ")}`,
          },
        ]
      : [],
  );
  if (unknown.length > 0) throw new InvalidInput(subject, unknown);
  return permissions.map((permission) => appRoleIds[permission] ?? "");
}
