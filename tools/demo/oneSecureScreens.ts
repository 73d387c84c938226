/** What a person's clicks in 1Secure come to in the sandbox: its API, with the rules that the product has. */
import { readFile } from "node:fs/promises";
import type { Sandbox, TenantInfo } from "../../sandbox";

/** An object of the product, as far as someone who looks at the screen tells one from another. */
export interface Shown {
  readonly id: string;
  readonly displayName?: string;
  readonly tenantId?: string;
  /** The certificate that goes with credentials, PEM. */
  readonly certificate?: { readonly pem: string };
}

export interface OneSecureScreens {
  /** What is listed on a tab of an organization. */
  list(tab: "sources" | "credentials", organization: string): Promise<readonly Shown[]>;
  /** @throws what the product says when it refuses */
  save(method: "POST" | "PATCH" | "DELETE", path: string, fields?: object): Promise<Shown>;
  close(): Promise<void>;
}

/** Signed in to the sandbox's 1Secure. */
export async function oneSecureScreens(sandbox: Sandbox, tenant: TenantInfo): Promise<OneSecureScreens> {
  const [{ Agent, request }, { randomUUID }] = await Promise.all([import("undici"), import("node:crypto")]);
  const { M365AUDIT_ONESECURE_ENDPOINT: endpoint = "", M365AUDIT_ONESECURE_TOKEN: token = "" } =
    sandbox.environment(tenant);
  const dispatcher = new Agent({ connect: { ca: await readFile(sandbox.caFile, "utf8") } });

  async function send(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, fields?: object): Promise<unknown> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const { statusCode, body } = await request(`${endpoint}/${path}`, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
        ...(fields === undefined ? {} : { "content-type": type }),
      },
      ...(fields === undefined ? {} : { body: JSON.stringify(fields) }),
    });
    const text = await body.text();
    if (statusCode >= 300) throw new Error(`1Secure refuses it: ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  return {
    list: async (tab, organization) =>
      ((await send("GET", `${tab}?organization=${encodeURIComponent(organization)}`)) as { value: Shown[] }).value,
    save: async (method, path, fields) => (await send(method, path, fields)) as Shown,
    close: () => dispatcher.close(),
  };
}
