/** `azuread:index/applicationRegistration:ApplicationRegistration`: an application object. */
import { InitializationFailed, type ResourceType } from "../resource";
import { flag, requiredText, shown, texts, type Plain, type PlainMap } from "../values";
import { applicationObjectId } from "./ids";
import { booleanOf, nullable, objectOf, stringOf, type GraphObject } from "./objects";
import { attempt, lookOnce, notYetThere, settleCreation, settleDeletion, type AzureadSession } from "./session";

export const applicationRegistration: ResourceType<AzureadSession> = {
  token: "azuread:index/applicationRegistration:ApplicationRegistration",
  idInOutputs: true,
  properties: {
    displayName: { input: "required" },
    description: { input: "optional" },
    groupMembershipClaims: {
      input: "optional",
      unordered: true,
      oneOf: ["None", "SecurityGroup", "DirectoryRole", "ApplicationGroup", "All"],
    },
    homepageUrl: { input: "optional" },
    implicitAccessTokenIssuanceEnabled: { input: "optional" },
    implicitIdTokenIssuanceEnabled: { input: "optional" },
    logoutUrl: { input: "optional" },
    marketingUrl: { input: "optional" },
    notes: { input: "optional" },
    privacyStatementUrl: { input: "optional" },
    requestedAccessTokenVersion: { input: "optional", default: 2, oneOf: [1, 2] },
    serviceManagementReference: { input: "optional" },
    signInAudience: {
      input: "optional",
      default: "AzureADMyOrg",
      oneOf: ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"],
    },
    supportUrl: { input: "optional" },
    termsOfServiceUrl: { input: "optional" },
    clientId: {},
    disabledByMicrosoft: {},
    objectId: {},
    publisherDomain: {},
  },
  async create(session, inputs) {
    const made = await attempt("creating application", () =>
      session.graph.request("POST", "/applications", { body: bodyOf(inputs) }),
    );
    const objectId = stringOf(made, "id");
    const id = `/applications/${objectId}`;
    if (!session.patience.isPatient) {
      return { id, outputs: attributesOf(await lookOnce(id, () => session.graph.find(id))) };
    }
    try {
      // Two patches in a row show that the new object has been replicated; the second puts the name right. They go to the replica
      // that takes writes, so what reads it next is spared the others' delay by the looks that follow.
      for (const displayName of [`TERRAFORM_UPDATE_${session.newGuid()}`, requiredText(inputs, "displayName")]) {
        await session.graph.request("PATCH", id, {
          body: { "@odata.type": "#microsoft.graph.application", displayName },
          retryWhen: notYetThere,
        });
      }
      return { id, outputs: attributesOf(await settleCreation(session, id, 5, () => session.graph.find(id))) };
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new InitializationFailed({ id, outputs: attributesOf(made) }, `patching ${id} after creating it: ${cause}`);
    }
  },
  async read(session, id) {
    const objectId = applicationObjectId(id);
    const found = await attempt(`retrieving ${id}`, () => session.graph.find(`/applications/${objectId}`));
    return found === undefined ? undefined : { id, outputs: attributesOf(found) };
  },
  async update(session, id, state, inputs) {
    const path = `/applications/${applicationObjectId(id)}`;
    const body = changesOf(bodyOf(state), bodyOf(inputs));
    await session.locks.hold(applicationObjectId(id), () =>
      attempt(`updating ${id}`, () => session.graph.request("PATCH", path, { body })),
    );
    return outputsOf(session, path);
  },
  async delete(session, id) {
    const path = `/applications/${applicationObjectId(id)}`;
    await attempt(`deleting ${id}`, () => session.graph.request("DELETE", path));
    await settleDeletion(session, id, () => session.graph.find(path));
  },
};

async function outputsOf(session: AzureadSession, path: string): Promise<PlainMap> {
  return attributesOf(
    await attempt(`retrieving ${path}`, () => session.graph.request("GET", path, { retryWhen: notYetThere })),
  );
}

/** The application object that the inputs ask for. */
function bodyOf(inputs: PlainMap): Readonly<Record<string, unknown>> {
  const claims = texts(inputs, "groupMembershipClaims");
  return {
    "@odata.type": "#microsoft.graph.application",
    displayName: inputs["displayName"],
    description: nullable(inputs["description"]),
    groupMembershipClaims: claims.length === 0 ? null : claims.join(","),
    notes: nullable(inputs["notes"]),
    serviceManagementReference: nullable(inputs["serviceManagementReference"]),
    signInAudience: inputs["signInAudience"],
    api: { requestedAccessTokenVersion: inputs["requestedAccessTokenVersion"] },
    info: {
      marketingUrl: nullable(inputs["marketingUrl"]),
      privacyStatementUrl: nullable(inputs["privacyStatementUrl"]),
      supportUrl: nullable(inputs["supportUrl"]),
      termsOfServiceUrl: nullable(inputs["termsOfServiceUrl"]),
    },
    web: {
      homePageUrl: nullable(inputs["homepageUrl"]),
      logoutUrl: nullable(inputs["logoutUrl"]),
      implicitGrantSettings: {
        enableAccessTokenIssuance: flag(inputs, "implicitAccessTokenIssuanceEnabled"),
        enableIdTokenIssuance: flag(inputs, "implicitIdTokenIssuanceEnabled"),
      },
    },
  };
}

/** What of the wanted object is not so yet; the type stays. */
function changesOf(was: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => name === "@odata.type" || JSON.stringify(value) !== JSON.stringify(was[name]),
    ),
  );
}

function attributesOf(application: GraphObject): PlainMap {
  const info = objectOf(application, "info");
  const web = objectOf(application, "web");
  const implicit = objectOf(web, "implicitGrantSettings");
  const version = objectOf(application, "api")?.["requestedAccessTokenVersion"];
  const disabled = application["disabledByMicrosoftStatus"] as Plain | undefined;
  const claims = stringOf(application, "groupMembershipClaims");
  return {
    clientId: stringOf(application, "appId"),
    description: stringOf(application, "description"),
    disabledByMicrosoft: disabled === undefined || disabled === null ? "" : shown(disabled),
    displayName: stringOf(application, "displayName"),
    groupMembershipClaims: claims === "" ? [] : claims.split(","),
    homepageUrl: stringOf(web, "homePageUrl"),
    implicitAccessTokenIssuanceEnabled: booleanOf(implicit, "enableAccessTokenIssuance"),
    implicitIdTokenIssuanceEnabled: booleanOf(implicit, "enableIdTokenIssuance"),
    logoutUrl: stringOf(web, "logoutUrl"),
    marketingUrl: stringOf(info, "marketingUrl"),
    notes: stringOf(application, "notes"),
    objectId: stringOf(application, "id"),
    privacyStatementUrl: stringOf(info, "privacyStatementUrl"),
    publisherDomain: stringOf(application, "publisherDomain"),
    requestedAccessTokenVersion: typeof version === "number" ? version : 0,
    serviceManagementReference: stringOf(application, "serviceManagementReference"),
    signInAudience: stringOf(application, "signInAudience"),
    supportUrl: stringOf(info, "supportUrl"),
    termsOfServiceUrl: stringOf(info, "termsOfServiceUrl"),
  };
}
