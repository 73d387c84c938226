/** PATCH with an alternate key and `Prefer: create-if-missing`, as its reference pages have it for applications and service principals. */
import { startSandbox, type Sandbox } from "..";
import { connectTo, type Answer, type Wire } from "../testing/wire";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let sandbox: Sandbox;
let wire: Wire;
let token: string;

beforeAll(async () => {
  sandbox = await startSandbox({ tenants: [{ initialDomain: "contoso.onmicrosoft.com" }] });
  const [tenant] = sandbox.tenants;
  if (tenant === undefined) throw new Error("no tenant");
  wire = connectTo(sandbox);
  token = await wire.deployerToken(tenant);
});

afterAll(async () => {
  await wire.close();
  await sandbox.close();
});

afterEach(() => {
  sandbox.control.setReplication(undefined);
});

function upsert(
  path: string,
  body: object = {},
  prefer: Record<string, string> = { prefer: "create-if-missing" },
): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...prefer };
  return wire.send("PATCH", `/v1.0${path}`, { headers, body: JSON.stringify(body) });
}

const get = (path: string): Promise<Answer> => wire.json("GET", `/v1.0${path}`, undefined, token);
const named = (name: string): string => `/applications(uniqueName='${name}')`;

it("makes an application of a unique name once, and changes it from then on, although no replica shows it yet", async () => {
  sandbox.control.setReplication({ applications: { reads: { min: 2, max: 2 } } });
  const made = await upsert(named("mark-1"), { displayName: "Audit" });
  expect(made).toMatchObject({ status: 201, body: { displayName: "Audit", uniqueName: "mark-1" } });
  expect((await upsert(named("mark-1"), { displayName: "Renamed" })).status).toBe(204);
  expect((await get(named("mark-1"))).status).toBe(404);
  sandbox.control.setReplication(undefined);
  expect((await get(named("mark-1"))).body).toMatchObject({ id: made.body.id, displayName: "Renamed" });
  expect((await get("/applications?$filter=uniqueName eq 'mark-1'")).body.value).toHaveLength(1);
});

it("makes nothing without the preference, and lets nobody change a unique name", async () => {
  expect((await upsert(named("nobody"), { displayName: "Audit" }, {})).status).toBe(404);
  const { body } = await upsert(named("mark-2"), { displayName: "Audit" });
  await upsert(`/applications/${body.id}`, { uniqueName: "other" });
  expect((await get(`/applications/${body.id}`)).body).toMatchObject({ uniqueName: "mark-2" });
});

it("keeps a unique name for a deleted application until that is gone for good", async () => {
  const { body } = await upsert(named("mark-3"), { displayName: "Audit" });
  await wire.json("DELETE", `/v1.0/applications/${body.id}`, undefined, token);
  expect(await upsert(named("mark-3"), { displayName: "Audit" })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining("uniqueName") as string } },
  });
  await wire.json("DELETE", `/v1.0/directory/deletedItems/${body.id}`, undefined, token);
  expect((await upsert(named("mark-3"), { displayName: "Audit" })).status).toBe(201);
});

it("makes the service principal of an application once", async () => {
  const { body } = await upsert(named("mark-4"), { displayName: "Audit" });
  const path = `/servicePrincipals(appId='${body.appId}')`;
  const made = await upsert(path);
  expect(made).toMatchObject({ status: 201, body: { appId: body.appId } });
  expect((await upsert(path, { accountEnabled: false })).status).toBe(204);
  expect((await get(path)).body).toMatchObject({ id: made.body.id, accountEnabled: false });
  expect((await upsert("/servicePrincipals(appId='00000000-0000-4000-8000-000000000000')")).status).toBe(400);
});
