/** The Entra side of `onesecure.ExchangeOnlineAuditing`: the application, what it may do, what it signs in with, and the proof of it. */
import type * as pulumi from "@pulumi/pulumi";
import { ApiPermissionGrant } from "../entra/apiPermissionGrant";
import { AppAccess } from "../entra/appAccessResource";
import type { AppRegistration } from "../entra/appRegistration";
import { Certificate } from "../entra/certificate";
import { ClientSecret } from "../entra/clientSecret";
import { FederatedCredential, type FederationArgs } from "../entra/federatedCredential";
import { requiredAccess } from "../entra/leastPrivilege";
import { adoptsExisting, cloudOf, evidenceOf, excessOf, ownApp } from "../entra/ownApp";
import { Preflight } from "../entra/preflightResource";
import { RoleAssignment } from "../entra/roleAssignment";
import { exchangeOnline, type WellKnownApi } from "../entra/wellKnown";
import type { HeldSecret } from "../pulumi/handover";
import type { ExchangeOnlineAuditingArgs } from "./exchangeOnlineAuditingArgs";

const defaultAppName = "Netwrix 1Secure";

/** What an API is needed for, in resource names and in the table of what is reached. */
function purposeOf({ appId }: WellKnownApi): { readonly name: string; readonly service: string } {
  return appId === exchangeOnline.appId
    ? { name: "exchange", service: "Exchange Online administration" }
    : { name: "activity-feed", service: "Exchange Online activity" };
}

/** What one composite declares, and what its parts have in common. */
export interface Declaration {
  readonly name: string;
  readonly args: ExchangeOnlineAuditingArgs;
  /** The component itself, parent of all. */
  readonly parent: pulumi.ComponentResource;
  /** The tenant, once it is proven that the azuread provider works in it. */
  readonly tenantId: pulumi.Output<string>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** How the client secret is held where a person enters it in 1Secure. */
  readonly held: HeldSecret | undefined;
}

/** What only the mailbox audit policy needs of the application. */
export interface ExchangeAccess {
  readonly role: RoleAssignment;
  /** How it signs in. */
  readonly proof: Certificate | FederatedCredential;
}

export interface AuditApp {
  readonly app: AppRegistration;
  /** One an API. */
  readonly grants: readonly ApiPermissionGrant[];
  /** Undefined without `mailboxAudit`. */
  readonly exchange: ExchangeAccess | undefined;
  readonly secret: ClientSecret;
  /** The proof that the secret reaches what 1Secure needs; whoever is told of the secret takes it from here. */
  readonly preflight: Preflight;
}

/** Everything of the Entra side, written one after another: Entra refuses two changes of one application at the same time. */
export function auditApp(declaration: Declaration): AuditApp {
  const { name, args, parent } = declaration;
  const app = ownApp(`${name}-app`, args, defaultAppName, declaration.tenantId, parent);
  const grants = permissionGrants(declaration, app);
  const exchange = args.mailboxAudit === undefined ? undefined : exchangeAccess(declaration, app, grants);
  const secret = new ClientSecret(
    `${name}-secret`,
    { ...(args.clientSecret as object | undefined), ...declaration.held, applicationId: app.applicationId },
    { parent, dependsOn: exchange === undefined ? [...grants] : [exchange.proof] },
  );
  const access = appAccess(declaration, app, grants, exchange);
  return { app, grants, exchange, secret, preflight: proofOf(declaration, app, grants, exchange, secret, access) };
}

/** What the documentation asks for, and nothing else. */
function accessOf({ mailboxAudit, mailboxesAuditedElsewhere, exchangeManageAsApp }: ExchangeOnlineAuditingArgs) {
  const elsewhere = mailboxesAuditedElsewhere === true ? "elsewhere" : "off";
  return requiredAccess({
    nonOwnerAuditing: mailboxAudit === undefined ? elsewhere : "thisApp",
    ...(exchangeManageAsApp === undefined ? {} : { exchangeManageAsApp: exchangeManageAsApp as boolean }),
  });
}

function permissionGrants(declaration: Declaration, app: AppRegistration): ApiPermissionGrant[] {
  const { name, args, parent } = declaration;
  const grants: ApiPermissionGrant[] = [];
  for (const { api, values } of accessOf(args).permissions) {
    const grant = new ApiPermissionGrant(
      `${name}-${purposeOf(api).name}`,
      {
        applicationId: app.applicationId,
        principalObjectId: app.servicePrincipalObjectId,
        api: api.displayName,
        permissions: [...values],
        adoptExisting: adoptsExisting(args),
        ...cloudOf(args),
      },
      { parent, dependsOn: grants.slice(-1) },
    );
    grants.push(grant);
  }
  return grants;
}

function exchangeAccess(
  declaration: Declaration,
  app: AppRegistration,
  grants: readonly ApiPermissionGrant[],
): ExchangeAccess {
  const { name, args, parent, now } = declaration;
  const { role, allowGlobalAdministrator, roleAdministrativeUnitId: administrativeUnitId, keyless } = args;
  const { applicationId, servicePrincipalObjectId: principalObjectId } = app;
  // Neither a role nor a key needs the grants, but one application is changed by one resource at a time.
  const afterGrants = { parent, dependsOn: [...grants] };
  return {
    role: new RoleAssignment(
      `${name}-role`,
      {
        principalObjectId,
        adoptExisting: adoptsExisting(args),
        ...cloudOf(args),
        ...(role === undefined ? {} : { role }),
        ...(allowGlobalAdministrator === undefined ? {} : { allowGlobalAdministrator }),
        ...(administrativeUnitId === undefined ? {} : { administrativeUnitId }),
      },
      afterGrants,
    ),
    proof:
      keyless === undefined
        ? new Certificate(
            `${name}-certificate`,
            { ...(args.certificate as object | undefined), applicationId },
            afterGrants,
            now,
          )
        : new FederatedCredential(`${name}-federation`, { ...(keyless as FederationArgs), applicationId }, afterGrants),
  };
}

/** Shows what the application holds beyond what is declared here. */
function appAccess(
  { name, args, parent, tenantId }: Declaration,
  app: AppRegistration,
  grants: readonly ApiPermissionGrant[],
  exchange: ExchangeAccess | undefined,
): AppAccess {
  const { roleAdministrativeUnitId: unit } = args;
  return new AppAccess(
    `${name}-access`,
    {
      tenantId,
      ...cloudOf(args),
      servicePrincipalObjectId: app.servicePrincipalObjectId,
      permissions: accessOf(args).permissions.flatMap(({ api, values }) =>
        values.map((permission) => ({ api: api.appId, permission })),
      ),
      directoryRoles:
        exchange === undefined
          ? []
          : [
              {
                role: exchange.role.roleTemplateId,
                scope: unit === undefined ? "/" : `/administrativeUnits/${unit as string}`,
              },
            ],
      excess: excessOf(args),
    },
    { parent, dependsOn: [...grants, ...(exchange === undefined ? [] : [exchange.role])] },
  );
}

function proofOf(
  { name, args, parent, tenantId }: Declaration,
  app: AppRegistration,
  grants: readonly ApiPermissionGrant[],
  exchange: ExchangeAccess | undefined,
  secret: ClientSecret,
  access: AppAccess,
): Preflight {
  const wholeTenant = exchange !== undefined && args.roleAdministrativeUnitId === undefined;
  return new Preflight(
    `${name}-preflight`,
    {
      ...(args.preflight as object | undefined),
      tenantId,
      ...cloudOf(args),
      clientId: app.clientId,
      clientSecret: secret.value,
      needs: accessOf(args).permissions.map(({ api, values }) => ({
        service: purposeOf(api).service,
        api: api.displayName,
        permissions: [...values],
        // Of a role that is confined to an administrative unit a token says nothing; the policy finds out for itself.
        ...(wholeTenant && api.appId === exchangeOnline.appId ? { directoryRole: exchange.role.roleTemplateId } : {}),
      })),
      evidence: evidenceOf([
        secret.keyId,
        ...grants.map(({ assignmentIds }) => assignmentIds.apply((ids) => ids.join(" "))),
        ...(exchange === undefined ? [] : [exchange.role.roleAssignmentId]),
      ]),
    },
    { parent, dependsOn: [...grants, access, ...(exchange === undefined ? [] : [exchange.role])] },
  );
}
