import { WrongTenant } from "../../core/errors";
import { TestTenant } from "../testing/tenant";
import type { AdminApi } from "./client";

let tenant: TestTenant;
let api: AdminApi;
beforeEach(async () => {
  tenant = await TestTenant.start({ mailboxes: 5 });
  api = await tenant.open();
});
afterEach(async () => {
  await api.close();
  await tenant.stop();
});

const doing = { operation: "reading the organization of", subject: "the test tenant" };
const read = () => api.run({ name: "Get-OrganizationConfig" }, doing);

test("a request carries what the service routes by, and the same id through all its tries", async () => {
  let refusals = 2;
  tenant.hooks.before = () => Promise.resolve(refusals-- > 0 ? { status: 503 } : undefined);
  await read();
  expect(tenant.seen).toHaveLength(3);
  expect(tenant.seen[0]?.headers).toMatchObject({
    "x-anchormailbox": "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@11111111-2222-4333-8444-555555555555",
    "x-responseformat": "json",
    "x-cmdletname": "Get-OrganizationConfig",
    accept: "application/json",
  });
  expect(tenant.seen[0]?.body).toEqual({ CmdletInput: { CmdletName: "Get-OrganizationConfig", Parameters: {} } });
  expect(new Set(tenant.seen.map(({ headers }) => headers["client-request-id"])).size).toBe(1);
  expect(tenant.clock.slept).toEqual([2_000, 4_000]);
});

test("a token of another tenant is sent nowhere", async () => {
  tenant.grants.app.tid = "99999999-2222-4333-8444-555555555555";
  await expect(read()).rejects.toBeInstanceOf(WrongTenant);
  expect(tenant.seen).toEqual([]);
});

test("a refused token is replaced once, for all requests that found it refused", async () => {
  tenant.revoked.add((await api.tokens.current()).value);
  await Promise.all([read(), read(), read()]);
  expect(tenant.tokens).toBe(2);
  tenant.hooks.before = () => Promise.resolve({ status: 401 });
  await expect(read()).rejects.toMatchObject({ tag: "AccessRefused", status: 401 });
  expect(tenant.tokens).toBe(3);
});

test.each([
  ["no consent", { roles: [] }, 401, /without the app role Exchange.ManageAsApp/],
  [
    "no role",
    { wids: [] },
    403,
    /isn't supported in this scenario.*without a directory role such as Exchange Administrator/s,
  ],
  [
    "the permission of another API",
    { roles: ["Exchange.ManageAsAppV2"] },
    403,
    /without the app role Exchange.ManageAsApp/,
  ],
])("%s is refused access, and the error says what the token lacks", async (_case, grants, status, message) => {
  Object.assign(tenant.grants.app, grants);
  await expect(read()).rejects.toMatchObject({
    tag: "AccessRefused",
    status,
    message: expect.stringMatching(message) as string,
  });
});

test("the audit log's own configuration is anchored at the mailbox that keeps it", async () => {
  const parameters = { UnifiedAuditLogIngestionEnabled: true };
  await api.run({ name: "Set-AdminAuditLogConfig", parameters }, doing);
  expect(tenant.seen[0]?.headers["x-anchormailbox"]).toContain("8cc370d3-822a-4ab8-a926-bb94bd0641a9");
});

test("a redirect to another site is not followed, so the token stays at home", async () => {
  tenant.hooks.before = () => Promise.resolve({ status: 302, headers: { location: "http://localhost.example.com/" } });
  await expect(read()).rejects.toThrow(/redirected to http:\/\/localhost.example.com\/, which is not on the site/);
  expect(tenant.seen).toHaveLength(1);
});

test("a redirect within the endpoint is followed with the same request", async () => {
  let redirects = 1;
  tenant.hooks.before = () => {
    const location = `${tenant.endpoint}${tenant.seen[0]?.url ?? ""}?again`;
    return Promise.resolve(redirects-- > 0 ? { status: 307, headers: { location } } : undefined);
  };
  expect((await read()).rows).toHaveLength(1);
  expect(tenant.seen.map(({ method, body }) => [method, body])).toEqual(Array(2).fill(["POST", tenant.seen[0]?.body]));
});

test("an answer that is no JSON is tried again", async () => {
  let pages = 1;
  tenant.hooks.before = () => Promise.resolve(pages-- > 0 ? { status: 200, body: "<html>Sign in</html>" } : undefined);
  expect((await read()).rows).toHaveLength(1);
});
