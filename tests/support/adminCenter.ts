/** A person in the Entra admin center: clicks an application together, and looks up what it holds. */
import { exchangeOnline, microsoftGraph } from "../../provider/entra/wellKnown";
import { connectTo, type Wire } from "../../sandbox/testing/wire";
import type { Scene } from "./engine";

const exchangeAdministrator = "29232cdf-9323-42fd-ade2-1d097af3e4de";
/** The delegated permission User.Read of Microsoft Graph. */
export const userRead = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
/** Id of an API's app role by its value. */
export const roleId = (api: { appRoles: readonly { id: string; value: string }[] }, value: string): string =>
  api.appRoles.find((role) => role.value === value)?.id ?? "";

export interface Assignment {
  readonly id: string;
  readonly appRoleId?: string;
  readonly roleDefinitionId?: string;
}
export interface AskedFor {
  readonly resourceAppId: string;
  readonly resourceAccess: readonly { readonly id: string; readonly type: string }[];
}
/** What an application holds and asks for. */
export interface Access {
  readonly consents: readonly Assignment[];
  readonly roles: readonly Assignment[];
  readonly askedFor: readonly AskedFor[];
}

/** What a person does in the Entra admin center, and looks up there. */
export class AdminCenter {
  objectId = "";
  clientId = "";
  principalId = "";
  readonly #wire: Wire;
  readonly #token: Promise<string>;

  constructor(scene: Scene) {
    this.#wire = connectTo(scene.sandbox);
    this.#token = this.#wire.deployerToken(scene.tenant);
  }

  async clickTogether(): Promise<void> {
    const access = (id: string, type: string): object => ({ id, type });
    const application = await this.#send("POST", "applications", {
      displayName: "Clicked together",
      signInAudience: "AzureADMyOrg",
      requiredResourceAccess: [
        {
          resourceAppId: exchangeOnline.appId,
          resourceAccess: [
            access(roleId(exchangeOnline, "Exchange.ManageAsApp"), "Role"),
            access(roleId(exchangeOnline, "full_access_as_app"), "Role"),
          ],
        },
        { resourceAppId: microsoftGraph.appId, resourceAccess: [access(userRead, "Scope")] },
      ],
    });
    this.objectId = String(application["id"]);
    this.clientId = String(application["appId"]);
    this.principalId = String((await this.#send("POST", "servicePrincipals", { appId: this.clientId }))["id"]);
    await this.consent(exchangeOnline, roleId(exchangeOnline, "Exchange.ManageAsApp"));
    await this.#send("POST", "roleManagement/directory/roleAssignments", {
      principalId: this.principalId,
      roleDefinitionId: exchangeAdministrator,
      directoryScopeId: "/",
    });
  }

  async access(): Promise<Access> {
    const list = async (path: string): Promise<Assignment[]> =>
      (await this.#send("GET", path))["value"] as Assignment[];
    const application = await this.#send("GET", `applications/${this.objectId}`);
    return {
      consents: await list(`servicePrincipals/${this.principalId}/appRoleAssignments`),
      roles: await list(`roleManagement/directory/roleAssignments?$filter=principalId eq '${this.principalId}'`),
      askedFor: application["requiredResourceAccess"] as AskedFor[],
    };
  }

  /** Consents to one more permission of an API, as someone may. */
  async consent(api: { readonly appId: string }, appRoleId: string): Promise<void> {
    const resource = await this.#send("GET", `servicePrincipals(appId='${api.appId}')`);
    await this.#send("POST", `servicePrincipals/${this.principalId}/appRoleAssignments`, {
      principalId: this.principalId,
      resourceId: resource["id"],
      appRoleId,
    });
  }

  /** Makes a client secret and gives its text, which is shown once. */
  async clientSecret(): Promise<string> {
    const made = await this.#send("POST", `applications/${this.objectId}/addPassword`, {});
    return String(made["secretText"]);
  }

  /** Takes the consent away, as someone may. */
  async removeConsent(id: string): Promise<void> {
    await this.#send("DELETE", `servicePrincipals/${this.principalId}/appRoleAssignments/${id}`);
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  async #send(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const { status, body: answer } = await this.#wire.json(method, `/v1.0/${path}`, body, await this.#token);
    if (status >= 300) throw new Error(`${method} ${path}: ${String(status)} ${JSON.stringify(answer)}`);
    return answer as unknown as Readonly<Record<string, unknown>>;
  }
}
