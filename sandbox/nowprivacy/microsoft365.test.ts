import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { microsoftGraph } from "../../provider/entra/wellKnown";
import { type Sandbox, startSandbox } from "../index";
import { roundMs } from "./crawl";
import type { DataSource, Dataset } from "./model";

let sandbox: Sandbox;
let agent: Agent;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  sandbox = await startSandbox({
    tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 20 }],
    clock: { now: () => now },
  });
  agent = new Agent({ connect: { ca: readFileSync(sandbox.caFile) } });
});
afterEach(async () => {
  await agent.close();
  await sandbox.close();
});

async function send<T>(method: "GET" | "POST" | "DELETE", url: string, token: string, body?: object): Promise<T> {
  const answer = await request(url, {
    method,
    dispatcher: agent,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json", "idempotency-key": "k".repeat(16) }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${String(answer.statusCode)} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

test("the crawl sees what the tenant's own directory grants to the app, and nothing once it does not", async () => {
  const [tenant] = sandbox.tenants;
  if (tenant === undefined) throw new Error("there is a tenant");
  const environment = sandbox.environment(tenant);
  const { M365AUDIT_NOWPRIVACY_ENDPOINT: endpoint = "", M365AUDIT_NOWPRIVACY_TOKEN: token = "" } = environment;
  const dataset = await send<Dataset>("POST", `${endpoint}/datasets`, token, {
    name: "Mail",
    securityGroups: ["Privacy team"],
  });
  // The deployer has no permission on mail: the crawl gets in and sees nothing.
  const { clientId, clientSecret } = tenant.deployer;
  const source = await send<DataSource>("POST", `${endpoint}/data-sources`, token, {
    datasetId: dataset.id,
    type: "office365",
    service: "exchange",
    applicationId: clientId,
    clientSecret,
    tenantId: tenant.id,
    ingestionScope: { type: "everything" },
    country: "GB",
    crawlPriority: 0.5,
    crawlMode: "continuous",
    startCrawlImmediately: true,
  });
  const crawl = async (): Promise<DataSource["crawl"]> => {
    now += roundMs;
    return (await send<DataSource>("GET", `${endpoint}/data-sources/${source.id}`, token)).crawl;
  };
  await expect(crawl()).resolves.toMatchObject({ crawled: 0, errors: [] });

  const graph = await graphToken(tenant.id, clientId, clientSecret);
  const principals = async (appId: string): Promise<string> => {
    const filter = encodeURIComponent(`appId eq '${appId}'`);
    const { value } = await send<{ value: { id: string }[] }>(
      "GET",
      `${sandbox.origin}/v1.0/servicePrincipals?$filter=${filter}`,
      graph,
    );
    return value[0]?.id ?? "";
  };
  const [principalId, resourceId] = [await principals(clientId), await principals(microsoftGraph.appId)];
  const grants = `${sandbox.origin}/v1.0/servicePrincipals/${principalId}/appRoleAssignments`;
  const permit = (value: string): Promise<{ id: string }> => {
    const appRoleId = microsoftGraph.appRoles.find((role) => role.value === value)?.id;
    return send<{ id: string }>("POST", grants, graph, { principalId, resourceId, appRoleId });
  };
  await permit("Directory.Read.All");
  await expect(crawl()).resolves.toMatchObject({ crawled: 0, errors: [] });
  const grant = await permit("Mail.Read");
  const { crawled, containers } = await crawl();
  expect(crawled).toBeGreaterThan(0);

  await send("DELETE", `${grants}/${grant.id}`, graph);
  const [loss, ...more] = sandbox.control.nowPrivacyLosses();
  expect(loss).toMatchObject({ dataSourceId: source.id, items: crawled });
  expect(loss?.containers).toHaveLength(containers);
  expect(more).toEqual([]);
  expect(sandbox.control.nowPrivacyOutages()).toEqual([]);
});

async function graphToken(tenantId: string, clientId: string, clientSecret: string): Promise<string> {
  const answer = await request(`${sandbox.origin}/${tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    dispatcher: agent,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: "https://graph.microsoft.com/.default",
    }).toString(),
  });
  return ((await answer.body.json()) as { access_token: string }).access_token;
}

test("a person's doings in the product are those of the control", () => {
  const { control } = sandbox;
  const { id } = control.addDataset("Old", []);
  expect(control.patchDataset(id, { name: "Renamed" })).toMatchObject({ name: "Renamed" });
  control.addSecurityGroup("Legal");
  expect(control.nowPrivacy()).toMatchObject({
    securityGroups: [{ name: "Privacy team" }, { name: "Legal" }],
    datasets: [{ name: "Renamed" }],
  });
  control.deleteDataset("Renamed");
  expect(control.nowPrivacy().datasets).toEqual([]);
  expect(() => {
    control.deleteDataset("Renamed");
  }).toThrow(/no dataset/);
});
