/** The Microsoft side of `nowprivacy.Office365DataSource`: the application, what it may read, what it signs in with, and the proof of it. */
import type * as pulumi from "@pulumi/pulumi";
import { ApiPermissionGrant } from "../entra/apiPermissionGrant";
import { AppAccess } from "../entra/appAccessResource";
import type { AppRegistration } from "../entra/appRegistration";
import { ClientSecret } from "../entra/clientSecret";
import { type NowPrivacyService, nowPrivacyAccess } from "../entra/leastPrivilege";
import { adoptsExisting, cloudOf, evidenceOf, excessOf, ownApp } from "../entra/ownApp";
import { Preflight } from "../entra/preflightResource";
import { microsoftGraph } from "../entra/wellKnown";
import { ApplicationScope } from "../exchange/applicationScopeResource";
import { serviceNames, type Service } from "./preflight/service";
import { defaultAppName, type Office365DataSourceArgs } from "./office365DataSourceArgs";
import type { HeldSecret } from "../pulumi/handover";
import { type DataSource, ScopeGuard } from "./resources";

/** What one composite declares, and what its parts have in common. */
export interface Declaration {
  readonly name: string;
  readonly args: Office365DataSourceArgs;
  /** The component itself, parent of all. */
  readonly parent: pulumi.ComponentResource;
  /** The tenant, once it is proven that the azuread provider works in it. */
  readonly tenantId: pulumi.Output<string>;
  /** How the client secret is held where a person enters it in NOW Privacy. */
  readonly held: HeldSecret | undefined;
}

export interface CrawlApp {
  readonly app: AppRegistration;
  readonly grant: ApiPermissionGrant;
  readonly secret: ClientSecret;
  /** What limits the application to the mailboxes in scope. Undefined without `limitToScope`. */
  readonly limit: ApplicationScope | undefined;
  /** The proof that the secret reaches what the service needs; whoever is told of the secret takes it from here. */
  readonly preflight: Preflight;
  /** What the proof rests on. */
  readonly evidence: pulumi.Output<string[]>;
}

/** Given by Exchange Online over the scope in place of consent in Entra, where the application is limited to it. */
const givenByExchange = {
  "Mail.Read": "Application Mail.Read",
  "Calendars.Read": "Application Calendars.Read",
} as const;

/** The Graph permissions that the application is granted, and that decide about what the product sees. */
export function grantedPermissions({ service, limitToScope }: Office365DataSourceArgs): string[] {
  return nowPrivacyAccess([named(service)])
    .permissions.flatMap(({ values }) => [...values])
    .filter((permission) => limitToScope !== true || !Object.hasOwn(givenByExchange, permission));
}

function named(service: Office365DataSourceArgs["service"]): NowPrivacyService {
  return serviceNames[service as Service];
}

/** Everything of the application, written one after another: Entra refuses two changes of one application at the same time. */
export function crawlApp(declaration: Declaration): CrawlApp {
  const { name, args, parent, tenantId } = declaration;
  const app = ownApp(`${name}-app`, args, defaultAppName, tenantId, parent);
  const grant = permissionGrant(declaration, app);
  const secret = new ClientSecret(
    `${name}-secret`,
    {
      displayName: defaultAppName,
      ...(args.clientSecret as object | undefined),
      ...declaration.held,
      applicationId: app.applicationId,
    },
    { parent, dependsOn: [grant] },
  );
  const limit = args.limitToScope === true ? limitedTo(declaration, app, grant) : undefined;
  const evidence = evidenceOf([secret.keyId, grant.assignmentIds.apply((ids) => ids.join("\n"))]);
  const { ignoreWarnings, timeoutSeconds } = args;
  const preflight = new Preflight(
    `${name}-preflight`,
    {
      tenantId,
      ...cloudOf(args),
      clientId: app.clientId,
      clientSecret: secret.value,
      needs: [{ service: named(args.service), api: microsoftGraph.displayName, permissions: grantedPermissions(args) }],
      evidence,
      ...(ignoreWarnings === undefined ? {} : { ignoreWarnings }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    },
    { parent, dependsOn: [grant] },
  );
  return { app, grant, secret, limit, preflight, evidence };
}

/**
 * Shows what the application holds beyond what is declared. It comes after the data source, because it takes access away: when the
 * product's copy would suffer, the data source has refused by then.
 */
export function declaredAccess(
  { name, args, parent, tenantId }: Declaration,
  { app, grant }: CrawlApp,
  source: DataSource,
): AppAccess {
  return new AppAccess(
    `${name}-access`,
    {
      tenantId,
      ...cloudOf(args),
      servicePrincipalObjectId: app.servicePrincipalObjectId,
      permissions: grantedPermissions(args).map((permission) => ({ api: microsoftGraph.appId, permission })),
      directoryRoles: [],
      excess: excessOf(args),
    },
    { parent, dependsOn: [grant, source] },
  );
}

function permissionGrant({ name, args, parent }: Declaration, app: AppRegistration): ApiPermissionGrant {
  return new ApiPermissionGrant(
    `${name}-graph`,
    {
      applicationId: app.applicationId,
      principalObjectId: app.servicePrincipalObjectId,
      api: microsoftGraph.displayName,
      permissions: grantedPermissions(args),
      adoptExisting: adoptsExisting(args),
      ...cloudOf(args),
    },
    { parent },
  );
}

/** The guard looks before anything is narrowed: the data source's own turn is only after. */
function limitedTo(
  { name, args, parent, tenantId }: Declaration,
  { clientId, servicePrincipalObjectId }: AppRegistration,
  grant: ApiPermissionGrant,
): ApplicationScope {
  const { ingestionScope, allowDataLoss } = args;
  const guard = new ScopeGuard(
    `${name}-scope-guard`,
    {
      tenantId,
      applicationId: clientId,
      ingestionScope,
      ...(allowDataLoss === undefined ? {} : { allowDataLoss }),
    },
    { parent },
  );
  return new ApplicationScope(
    `${name}-application-scope`,
    {
      tenantId,
      ...cloudOf(args),
      clientId,
      servicePrincipalObjectId,
      roles: Object.values(givenByExchange),
      scope: guard.ingestionScope,
      excess: excessOf(args),
    },
    { parent, dependsOn: [grant] },
  );
}
