import { startSandbox, type ReplicationOptions, type Sandbox, type TenantInfo } from "../index";
import { deployerOf, exchangeAdministrator, exchangeAppId, newApp, type Deploy } from "../testing/apps";
import { connectTo, type Wire } from "../testing/wire";
import { createReplication } from "./replication";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

const reads = (count: number) => ({ reads: { min: count, max: count } });

describe("replication", () => {
  const seen = (count: number, read: () => boolean): boolean[] => Array.from({ length: count }, read);

  it("shows everything at once without a delay", () => {
    const replication = createReplication("seed", () => 0);
    replication.created("applications", "a");
    expect(replication.sees("graph", "applications", "a")).toBe(true);
  });

  it("hides what is new for half of the reads, then shows it to some, and hides it once more before it settles", () => {
    const replication = createReplication("seed", () => 0);
    replication.set({ applications: reads(8) });
    replication.created("applications", "a");
    const all = seen(12, () => replication.sees("graph", "applications", "a"));
    expect(all.slice(0, 4)).toEqual([false, false, false, false]);
    expect(all.slice(6)).toEqual([true, false, true, true, true, true]);
    expect(replication.sees("token", "applications", "a")).toBe(false);
  });

  it("draws the same from the same seed, between its bounds", () => {
    const settlesAfter = (seed: string, id: string): number => {
      const replication = createReplication(seed, () => 0);
      replication.set({ credentials: { reads: { min: 3, max: 20 } } });
      replication.created("credentials", id);
      return seen(30, () => replication.sees("token", "credentials", id)).lastIndexOf(false) + 1;
    };
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    const drawn = ids.map((id) => settlesAfter("one", id));
    expect(ids.map((id) => settlesAfter("one", id))).toEqual(drawn);
    expect(ids.map((id) => settlesAfter("two", id))).not.toEqual(drawn);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(20);
    expect(new Set(drawn).size).toBeGreaterThan(8);
  });

  it("flaps by the clock too: first unseen, then sometimes, in the end always", () => {
    let now = 0;
    const replication = createReplication("seed", () => now);
    replication.set({ appRoleAssignments: { min: 1000, max: 1000 } });
    replication.created("appRoleAssignments", "a");
    const read = () => replication.sees("token", "appRoleAssignments", "a");
    now = 499;
    expect(new Set(seen(50, read))).toEqual(new Set([false]));
    now = 500;
    expect(new Set(seen(50, read))).toEqual(new Set([false, true]));
    now = 1000;
    expect(new Set(seen(50, read))).toEqual(new Set([true]));
  });

  it("counts the time of what waits for something else from when that has happened", () => {
    let now = 0;
    const replication = createReplication("seed", () => now);
    replication.set({ exchangeAuthorization: { min: 1000, max: 1000 } });
    replication.created("exchangeAuthorization", "a");
    now = 5000;
    replication.begins("exchangeAuthorization", "a");
    now = 5400;
    replication.begins("exchangeAuthorization", "a");
    replication.begins("exchangeAuthorization", "old");
    const read = (id: string) => replication.sees("exchange", "exchangeAuthorization", id);
    expect([read("a"), read("old")]).toEqual([false, true]);
    now = 6000;
    expect(read("a")).toBe(true);
  });

  it("settles all that is under way when the delays are taken away", () => {
    const replication = createReplication("seed", () => 0);
    replication.set({ applications: reads(5) });
    replication.created("applications", "a");
    replication.set(undefined);
    expect(replication.sees("graph", "applications", "a")).toBe(true);
  });
});

describe("a directory that takes time to replicate", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let deploy: Deploy;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
    deploy = await deployerOf(wire, contoso);
  });
  afterEach(() => {
    sandbox.control.setReplication(undefined);
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  const statuses = async (times: number, ask: () => Promise<{ status: number }>): Promise<number[]> => {
    const found: number[] = [];
    for (let time = 0; time < times; time++) found.push((await ask()).status);
    return found;
  };
  const newApplication = async () => (await deploy("POST", "/applications", { displayName: "New" })).body;

  it("answers 404 for a new application, flaps, and settles; a filter finds nothing meanwhile", async () => {
    sandbox.control.setReplication({ applications: reads(3) });
    const { id, appId } = await newApplication();
    expect(await statuses(5, () => deploy("GET", `/applications/${id}`))).toEqual([404, 200, 404, 200, 200]);
    const second = await newApplication();
    const filter = `/applications?$filter=appId eq '${second.appId}'`;
    const counts: number[] = [];
    for (let time = 0; time < 5; time++) counts.push((await deploy("GET", filter)).body.value.length);
    expect(counts).toEqual([0, 1, 0, 1, 1]);
    const third = await newApplication();
    expect(await statuses(2, () => deploy("POST", `/applications/${third.id}/addPassword`, {}))).toEqual([404, 200]);
    expect(appId).not.toBe(second.appId);
  });

  it("refuses a service principal whose application has not arrived, with what clients know to retry on", async () => {
    sandbox.control.setReplication({ applications: reads(1) });
    const messages = new Set<string>();
    for (let time = 0; time < 12; time++) {
      const { appId } = await newApplication();
      const { status, body } = await deploy("POST", "/servicePrincipals", { appId });
      expect([400, 403]).toContain(status);
      messages.add(`${String(status)} ${body.error.message.replace(appId, "ID")}`);
      expect((await deploy("POST", "/servicePrincipals", { appId })).status).toBe(201);
    }
    expect([...messages].sort()).toEqual([
      "400 The appId 'ID' of the service principal does not reference a valid application object.",
      "403 When using this permission, the backing application of the service principal being created must in the local tenant",
    ]);
  });

  it("refuses assignments to a principal that has not arrived", async () => {
    const exchange = (await deploy("GET", `/servicePrincipals(appId='${exchangeAppId}')`)).body;
    sandbox.control.setReplication({ servicePrincipals: reads(1) });
    const messages = new Set<string>();
    for (let time = 0; time < 12; time++) {
      const { appId } = await newApplication();
      const { id: principalId } = (await deploy("POST", "/servicePrincipals", { appId })).body;
      const assignment = { principalId, resourceId: exchange.id, appRoleId: "dc50a0fb-09a3-484d-be87-e023b12c6440" };
      const assign = () => deploy("POST", `/servicePrincipals/${exchange.id}/appRoleAssignedTo`, assignment);
      const { status, body } = await assign();
      messages.add(`${String(status)} ${body.error.message.replace(principalId, "ID")}`);
      expect((await assign()).status).toBe(201);
    }
    expect([...messages].sort()).toEqual([
      "400 Not a valid reference update.",
      "404 Resource 'ID' does not exist or one of its queried reference-property objects are not present.",
    ]);
    const { appId } = await newApplication();
    const { id: principalId } = (await deploy("POST", "/servicePrincipals", { appId })).body;
    const role = { principalId, roleDefinitionId: exchangeAdministrator, directoryScopeId: "/" };
    expect(await statuses(2, () => deploy("POST", "/roleManagement/directory/roleAssignments", role))).toEqual([
      404, 201,
    ]);
  });

  it("knows a new client secret at the token endpoint later than Graph does", async () => {
    sandbox.control.setReplication({ credentials: reads(3) });
    const app = await newApp(wire, contoso);
    const codes: (readonly number[])[] = [];
    for (let time = 0; time < 5; time++) codes.push((await app.ask()).body.error_codes);
    expect(codes).toEqual([[7000215], undefined, [7000215], undefined, undefined]);
  });

  it("leaves grants out of tokens, then flaps, and Exchange takes its own time after that", async () => {
    const app = await newApp(wire, contoso);
    const delays: ReplicationOptions = {
      appRoleAssignments: reads(3),
      directoryRoleAssignments: reads(5),
      exchangeAuthorization: reads(3),
    };
    sandbox.control.setReplication(delays);
    await app.consent(exchangeAppId, "Exchange.ManageAsApp");
    await app.assign(exchangeAdministrator);
    const tokens: string[] = [];
    for (let time = 0; time < 7; time++) {
      const claims = await app.claims();
      const has = [claims.roles?.includes("Exchange.ManageAsApp"), claims.wids?.includes(exchangeAdministrator)];
      tokens.push(has.map((one) => (one === true ? "x" : "-")).join(""));
    }
    expect(tokens.map(([role]) => role).join("")).toBe("-x-xxxx");
    expect(tokens.map(([, wid]) => wid).join("")).toMatch(/^--[-x]x-xx$/);
    const token = (await app.ask()).body.access_token;
    const mailboxes = () => wire.json("GET", `/adminapi/beta/${contoso.id}/Mailbox`, undefined, token);
    expect(await statuses(5, mailboxes)).toEqual([403, 200, 403, 200, 200]);
  });

  it("hides new assignments and federated credentials from Graph's lists and reads", async () => {
    const app = await newApp(wire, contoso);
    sandbox.control.setReplication({
      appRoleAssignments: reads(1),
      directoryRoleAssignments: reads(1),
      federatedIdentityCredentials: reads(1),
    });
    const consent = (await app.consent(exchangeAppId, "Exchange.ManageAsApp")).body;
    const role = (await app.assign(exchangeAdministrator)).body;
    const federated = await deploy("POST", `/applications/${app.applicationId}/federatedIdentityCredentials`, {
      name: "main",
      issuer: "https://issuer.example",
      subject: "workload",
      audiences: ["api://AzureADTokenExchange"],
    });
    for (const path of [
      `/servicePrincipals/${app.principalId}/appRoleAssignments/${consent.id}`,
      `/roleManagement/directory/roleAssignments/${role.id}`,
      `/applications/${app.applicationId}/federatedIdentityCredentials/${federated.body.id}`,
    ]) {
      expect([path, await statuses(2, () => deploy("GET", path))]).toEqual([path, [404, 200]]);
    }
  });

  it("is set over the control API, which says what a delay may be", async () => {
    const replication = { credentials: { min: 0, max: 500 }, applications: { reads: { min: 1, max: 3 } } };
    expect((await wire.json("PUT", "/_sandbox/entra/replication", replication)).body).toEqual({
      replication,
      writeLatencyMs: 0,
    });
    for (const wrong of [{ applications: { min: 3, max: 1 } }, { users: { min: 0, max: 1 } }]) {
      expect((await wire.json("PUT", "/_sandbox/entra/replication", wrong)).status).toBe(400);
    }
    expect((await wire.json("DELETE", "/_sandbox/entra/replication")).status).toBe(204);
    expect((await wire.json("GET", "/_sandbox/entra")).body).toEqual({ replication: null, writeLatencyMs: 0 });
  });
});
