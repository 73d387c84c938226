/**
 * `*-ServicePrincipal`: Exchange's pointers to service principals of Entra ID.
 * {@link https://learn.microsoft.com/powershell/module/exchangepowershell/new-serviceprincipal}
 *
 * Where no source gives the service's words, errors have the type that is known and words of our own.
 */
import { applicationAccessOf, type ServicePrincipalPointer } from "../applicationAccess";
import { badParameterValue, cmdletFailure, objectAlreadyExists, objectInUse, objectNotFound } from "../rbacErrors";
import type { WireProperty } from "../properties";
import { row } from "../properties";
import { isGuid } from "../seeded";
import type { Cmdlet } from "./cmdlet";
import { changed, single } from "./cmdlet";

const properties: readonly WireProperty<ServicePrincipalPointer>[] = [
  { name: "DisplayName", type: "string", value: ({ displayName }) => displayName },
  { name: "AppId", type: "string", value: ({ appId }) => appId },
  { name: "ObjectId", type: "string", value: ({ objectId }) => objectId },
  { name: "Name", type: "string", value: ({ objectId }) => objectId },
  { name: "Identity", type: "string", value: ({ objectId }) => objectId },
];

export const newServicePrincipal: Cmdlet = {
  name: "New-ServicePrincipal",
  parameters: ["AppId", "ObjectId", "ServiceId", "DisplayName"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const appId = guid("AppId", parameters.required("AppId"));
    const objectId = guid("ObjectId", parameters.required(parameters.has("ServiceId") ? "ServiceId" : "ObjectId"));
    if (!access.directory.knowsServicePrincipal(appId, objectId)) {
      // Seen in the field while Entra's new object has not reached Exchange yet.
      throw cmdletFailure(
        "Microsoft.Exchange.Management.RbacDefinition.AADServicePrincipalNotFoundException",
        `AADServicePrincipalNotFound: no service principal with AppId '${appId}' and ObjectId '${objectId}' was found in Microsoft Entra ID.`,
      );
    }
    const existing = access.pointer(appId) ?? access.pointer(objectId);
    if (existing !== undefined) throw objectAlreadyExists("service principal", existing.displayName);
    const pointer = { appId, objectId, displayName: parameters.text("DisplayName") ?? "" };
    access.pointers.set(appId, pointer);
    return single(pointer, properties);
  },
};

export const getServicePrincipal: Cmdlet = {
  name: "Get-ServicePrincipal",
  parameters: ["Identity"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const identity = parameters.text("Identity");
    if (identity === undefined) {
      return { rows: [...access.pointers.values()].map((one) => row(one, properties)), warnings: [] };
    }
    const found = access.pointer(identity);
    if (found === undefined) throw objectNotFound(identity);
    return single(found, properties);
  },
};

export const setServicePrincipal: Cmdlet = {
  name: "Set-ServicePrincipal",
  parameters: ["Identity", "DisplayName"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const identity = parameters.required("Identity");
    const found = access.pointer(identity);
    if (found === undefined) throw objectNotFound(identity);
    const displayName = parameters.text("DisplayName") ?? found.displayName;
    access.pointers.set(found.appId, { ...found, displayName });
    return changed;
  },
};

/** That a pointer with assignments cannot go is stricter than what is known, so that clients take the assignments away first. */
export const removeServicePrincipal: Cmdlet = {
  name: "Remove-ServicePrincipal",
  parameters: ["Identity"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const identity = parameters.required("Identity");
    const found = access.pointer(identity);
    if (found === undefined) throw objectNotFound(identity);
    if (access.assignmentsOf(found).length > 0) throw objectInUse("service principal", found.displayName);
    access.pointers.delete(found.appId);
    return changed;
  },
};

function guid(name: string, value: string): string {
  if (!isGuid(value)) throw badParameterValue(name, `Cannot convert value "${value}" to type "System.Guid".`);
  return value.toLowerCase();
}
