/** The stand-in for the official azuread plugin: the types and functions that this package's components use. */
import { randomUUID } from "node:crypto";
import type { PluginClock } from "../clock";
import type { Plugin } from "../resource";
import { text, type PlainMap } from "../values";
import { applicationApiAccess } from "./applicationApiAccess";
import { applicationCertificate } from "./applicationCertificate";
import { applicationFederatedIdentityCredential } from "./applicationFederatedIdentityCredential";
import { applicationOwner } from "./applicationOwner";
import { applicationPassword } from "./applicationPassword";
import { applicationRegistration } from "./applicationRegistration";
import { appRoleAssignment } from "./appRoleAssignment";
import { directoryRole } from "./directoryRole";
import { directoryRoleAssignment } from "./directoryRoleAssignment";
import { getApplication } from "./getApplication";
import { getClientConfig } from "./getClientConfig";
import { getServicePrincipal } from "./getServicePrincipal";
import { GraphClient, type GraphConfiguration } from "./graph";
import { patienceOf } from "./patience";
import { servicePrincipal } from "./servicePrincipal";
import { Locks, type AzureadSession } from "./session";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment holds `ARM_TENANT_ID`, `ARM_CLIENT_ID`, `ARM_CLIENT_SECRET` and `ARM_METADATA_HOSTNAME`, each of which
 * the provider's configuration may replace, `SSL_CERT_FILE` or `NODE_EXTRA_CA_CERTS`, and what {@link patienceOf} reads: how often it
 * looks at something that Entra has not got ready yet, and what it waits for at all.
 */
export function azureadPlugin(environment: Environment, clock: PluginClock): Plugin<AzureadSession> {
  return {
    name: "azuread",
    version: "6.9.1",
    defaultsIn: "inputs",
    resources: [
      applicationApiAccess,
      applicationCertificate,
      applicationFederatedIdentityCredential,
      applicationOwner,
      applicationPassword,
      applicationRegistration,
      appRoleAssignment,
      directoryRole,
      directoryRoleAssignment,
      servicePrincipal,
    ],
    functions: [getApplication, getClientConfig, getServicePrincipal],
    configure: async (configuration) => {
      const patience = patienceOf(environment);
      const graph = new GraphClient(graphConfiguration(configuration, environment), environment, clock, patience);
      // Wrong credentials are found out here, before anything is changed.
      await graph.identity();
      return { graph, clock, patience, locks: new Locks(), newGuid: randomUUID };
    },
  };
}

function graphConfiguration(configuration: PlainMap, environment: Environment): GraphConfiguration {
  const setting = (name: string, variable: string): string => {
    const value = text(configuration, name) ?? environment[variable];
    if (value === undefined || value === "") {
      throw new Error(`The stand-in for azuread needs azuread:${name}, or ${variable} in its environment.`);
    }
    return value;
  };
  return {
    tenantId: setting("tenantId", "ARM_TENANT_ID"),
    clientId: setting("clientId", "ARM_CLIENT_ID"),
    clientSecret: setting("clientSecret", "ARM_CLIENT_SECRET"),
    metadataHost: setting("metadataHost", "ARM_METADATA_HOSTNAME"),
  };
}
