/** `azuread:index/servicePrincipal:ServicePrincipal`: an application's identity in the tenant. */
import { InitializationFailed, type ResourceType } from "../resource";
import { flag, isList, requiredText, texts, type Plain, type PlainMap } from "../values";
import { GraphError } from "./graph";
import { servicePrincipalObjectId } from "./ids";
import { nullable, quoted, sameId, stringOf, tagsOf } from "./objects";
import { ownersOf, servicePrincipalAttributes } from "./servicePrincipalAttributes";
import { alreadyExists, attempt, notYetThere, settleCreation, settleDeletion, type AzureadSession } from "./session";

export const servicePrincipal: ResourceType<AzureadSession> = {
  token: "azuread:index/servicePrincipal:ServicePrincipal",
  idInOutputs: true,
  properties: {
    accountEnabled: { input: "optional", default: true },
    alternativeNames: { input: "optional", unordered: true },
    appRoleAssignmentRequired: { input: "optional" },
    clientId: { input: "required", replaces: true, guid: true },
    description: { input: "optional" },
    featureTags: { input: "optional", computed: true, blocks: true },
    features: { input: "optional", computed: true, blocks: true },
    loginUrl: { input: "optional" },
    notes: { input: "optional" },
    notificationEmailAddresses: { input: "optional", unordered: true },
    owners: { input: "optional", unordered: true, guid: true },
    preferredSingleSignOnMode: { input: "optional", oneOf: ["oidc", "password", "saml", "notSupported"] },
    samlSingleSignOn: { input: "optional", blocks: true },
    tags: { input: "optional", computed: true, unordered: true },
    useExisting: { input: "optional" },
    appRoleIds: {},
    appRoles: {},
    applicationTenantId: {},
    displayName: {},
    homepageUrl: {},
    logoutUrl: {},
    oauth2PermissionScopeIds: {},
    oauth2PermissionScopes: {},
    objectId: {},
    redirectUris: {},
    samlMetadataUrl: {},
    servicePrincipalNames: {},
    signInAudience: {},
    type: {},
  },
  validate: (inputs) => [
    ...(inputs["features"] === undefined
      ? []
      : [{ property: "features", reason: "the stand-in does not write the deprecated features; use featureTags" }]),
    ...(inputs["tags"] !== undefined && inputs["featureTags"] !== undefined
      ? [{ property: "tags", reason: "tags conflicts with featureTags" }]
      : []),
  ],
  async create(session, inputs) {
    const clientId = requiredText(inputs, "clientId");
    const [existing] = await attempt("listing service principals", () =>
      session.graph.list("/servicePrincipals", `appId eq ${quoted(clientId)}`),
    );
    if (existing !== undefined) {
      const id = `/servicePrincipals/${stringOf(existing, "id")}`;
      if (!flag(inputs, "useExisting")) {
        throw alreadyExists(id);
      }
      await patch(session, id, bodyOf(inputs));
      await changeOwners(session, id, texts(inputs, "owners"));
      return { id, outputs: await outputsOf(session, id, inputs) };
    }
    const caller = (await session.graph.identity()).objectId;
    const directory = `${await session.graph.address()}/directoryObjects`;
    const owners = texts(inputs, "owners");
    const made = await attempt("creating service principal", () =>
      session.graph.request("POST", "/servicePrincipals", {
        body: {
          ...bodyOf(inputs),
          appId: clientId,
          description: `TERRAFORM_UPDATE_${session.newGuid()}`,
          "owners@odata.bind": [...new Set([caller, ...owners])].map((owner) => `${directory}/${owner}`),
        },
        retryWhen: applicationNotYetThere,
      }),
    );
    const id = `/servicePrincipals/${stringOf(made, "id")}`;
    try {
      const described = {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        description: nullable(inputs["description"]),
      };
      if (session.patience.isPatient) {
        await patch(session, id, described);
        await settleCreation(session, id, 5, () => session.graph.find(id));
      } else await patchOnce(session, id, described);
      if (!owners.some((owner) => sameId(owner, caller))) await removeOwner(session, id, caller);
      return { id, outputs: await outputsOf(session, id, inputs) };
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const outputs = { ...inputs, objectId: stringOf(made, "id") };
      throw new InitializationFailed({ id, outputs }, `patching ${id} after creating it: ${cause}`);
    }
  },
  async read(session, id, state) {
    const path = `/servicePrincipals/${servicePrincipalObjectId(id)}`;
    const found = await attempt(`retrieving ${id}`, () => session.graph.find(path));
    return found === undefined ? undefined : { id, outputs: await outputsOf(session, path, state) };
  },
  async update(session, id, state, inputs) {
    const path = `/servicePrincipals/${servicePrincipalObjectId(id)}`;
    await attempt(`updating ${id}`, async () => {
      await patch(session, path, bodyOf({ tags: state["tags"] ?? [], ...inputs }));
      await changeOwners(session, path, texts(inputs, "owners"));
    });
    return outputsOf(session, path, inputs);
  },
  async delete(session, id, state) {
    const path = `/servicePrincipals/${servicePrincipalObjectId(id)}`;
    // One that was there before is tried too, but may be kept by the tenant.
    const adopted = flag(state, "useExisting");
    try {
      await attempt(`deleting ${id}`, () => session.graph.request("DELETE", path));
    } catch (error) {
      if (!adopted) throw error;
    }
    if (!adopted) await settleDeletion(session, id, () => session.graph.find(path));
  },
};

/** The service principal that the inputs ask for. */
function bodyOf(inputs: PlainMap): Readonly<Record<string, unknown>> {
  const relayState = firstBlock(inputs["samlSingleSignOn"])?.["relayState"];
  const features = firstBlock(inputs["featureTags"]);
  return {
    "@odata.type": "#microsoft.graph.servicePrincipal",
    accountEnabled: inputs["accountEnabled"] ?? true,
    alternativeNames: texts(inputs, "alternativeNames"),
    appRoleAssignmentRequired: flag(inputs, "appRoleAssignmentRequired"),
    description: nullable(inputs["description"]),
    loginUrl: nullable(inputs["loginUrl"]),
    notes: nullable(inputs["notes"]),
    notificationEmailAddresses: texts(inputs, "notificationEmailAddresses"),
    preferredSingleSignOnMode: nullable(inputs["preferredSingleSignOnMode"]),
    ...(relayState === undefined ? {} : { samlSingleSignOnSettings: { relayState: nullable(relayState) } }),
    tags: features === undefined ? texts(inputs, "tags") : tagsOf(features),
  };
}

function firstBlock(value: Plain | undefined): PlainMap | undefined {
  const block = value !== undefined && isList<unknown>(value) ? value[0] : value;
  return typeof block === "object" && block !== null ? (block as PlainMap) : undefined;
}

/** The new application may not have reached the replica that answers. */
function applicationNotYetThere(error: GraphError): boolean {
  return (
    (error.status === 400 && error.detail.includes("does not reference a valid application object")) ||
    (error.status === 403 && error.detail.includes("must in the local tenant"))
  );
}

async function patch(session: AzureadSession, path: string, body: object): Promise<void> {
  await session.graph.request("PATCH", path, { body, retryWhen: notYetThere });
}

/** The one attempt of the official plugin. What reads the service principal next tries again. */
async function patchOnce(session: AzureadSession, path: string, body: object): Promise<void> {
  try {
    await session.graph.request("PATCH", path, { body });
  } catch (error) {
    if (!(error instanceof GraphError && notYetThere(error))) throw error;
    throw new Error("Timed out whilst waiting for new service principal to be replicated in Azure AD", {
      cause: error,
    });
  }
}

async function removeOwner(session: AzureadSession, path: string, owner: string): Promise<void> {
  await session.graph.request("DELETE", `${path}/owners/${owner}/$ref`);
}

async function changeOwners(session: AzureadSession, path: string, wanted: readonly string[]): Promise<void> {
  const there = await ownersOf(session, path);
  const directory = `${await session.graph.address()}/directoryObjects`;
  for (const owner of wanted.filter((id) => !there.some((other) => sameId(other, id)))) {
    await session.graph.request("POST", `${path}/owners/$ref`, { body: { "@odata.id": `${directory}/${owner}` } });
  }
  for (const owner of there.filter((id) => !wanted.some((other) => sameId(other, id)))) {
    await removeOwner(session, path, owner);
  }
}

async function outputsOf(session: AzureadSession, path: string, known: PlainMap): Promise<PlainMap> {
  return attempt(`retrieving ${path}`, async () => {
    const found = await session.graph.request("GET", path, { retryWhen: notYetThere });
    return {
      ...servicePrincipalAttributes(found, await session.graph.get(path, { $select: "samlMetadataUrl" }, "beta")),
      owners: await ownersOf(session, path),
      useExisting: known["useExisting"] ?? null,
    };
  });
}
