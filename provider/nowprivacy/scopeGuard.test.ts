import { reconcile } from "../core";
import { dataSource } from "./dataSource";
import type { IngestionScope } from "./ingestionScope";
import { scopeGuard, scopeGuardContract } from "./scopeGuard";
import { declaredIn } from "./testing/declared";
import { applicationId, type Gateway, startGateway, tenantId } from "./testing/gateway";

const team: IngestionScope = { type: "groupEmail", domain: "contoso.com", email: "team@contoso.com" };
const ada: IngestionScope = { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" };

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

/** A crawl of the team's mailboxes that has copied them. */
async function crawled(crawlMode: "once" | "continuous" = "continuous"): Promise<void> {
  const declared = declaredIn(gateway)({ ingestionScope: team, crawlMode });
  await reconcile(dataSource, gateway.context(), { inputs: declared });
  gateway.after(120_000);
}

function guarded(ingestionScope: IngestionScope, more: object = {}) {
  const inputs = scopeGuardContract.inputs.parse({ tenantId, applicationId, ingestionScope, ...more });
  return reconcile(scopeGuard, gateway.context(), { inputs });
}

test("a scope that leaves out what the app's data source crawls is refused, with what would be lost", async () => {
  await crawled();
  await expect(guarded(ada)).rejects.toThrow(
    /ingestionScope: data source .*: changing the scope from groupEmail team@contoso.com to userEmail ada@contoso.com .* It holds 2,100 items of 4 mailboxes and calendars.*allowDataLoss: true/,
  );
});

test("it goes through when the loss is meant and when nothing is left out, and not because the crawl is over", async () => {
  await crawled("once");
  await expect(guarded(ada)).rejects.toThrow(/2,100 items/);
  await gateway.close();
  gateway = await startGateway();
  await crawled();
  await expect(guarded(ada, { allowDataLoss: true })).resolves.toBeDefined();
  await expect(guarded(team)).resolves.toBeDefined();
  await expect(guarded({ type: "everything" })).resolves.toBeDefined();
});

test("another app's data sources are not its business", async () => {
  await crawled();
  await expect(guarded(ada, { applicationId: "99999999-9999-4999-8999-999999999999" })).resolves.toBeDefined();
});

test("before there is any data source nothing stands in the way", async () => {
  await expect(guarded(ada)).resolves.toMatchObject({ id: `${tenantId}/${applicationId}/scopeGuard` });
});

test("it makes and changes nothing in the product, and removing it does nothing", async () => {
  await crawled();
  const before = gateway.requests.length;
  const { id, state } = await guarded(team);
  await scopeGuard.remove(gateway.context(), id, state);
  expect(gateway.requests.slice(before)).toEqual(["GET /data-sources"]);
});

test("with the bulk-upload file, which tells nothing, it says who has to see to it", async () => {
  const ctx = gateway.context(
    {},
    { nowprivacyBackend: "bulkFile", nowprivacyBulkTemplate: "template.csv", nowprivacyBulkFile: "upload.csv" },
  );
  const inputs = scopeGuardContract.inputs.parse({ tenantId, applicationId, ingestionScope: ada });
  await reconcile(scopeGuard, ctx, { inputs });
  expect(ctx.reported).toEqual([expect.stringContaining("see to it yourself")]);
});

test("with the bulk-upload file, a scope that does not take in the one that was recorded is refused unless it is meant", async () => {
  const settings = { nowprivacyBackend: "bulkFile", nowprivacyBulkTemplate: "t.csv", nowprivacyBulkFile: "u.csv" };
  const scoped = (ingestionScope: IngestionScope, more: object = {}) =>
    scopeGuardContract.inputs.parse({ tenantId, applicationId, ingestionScope, ...more });
  const { id, state } = await reconcile(scopeGuard, gateway.context({}, settings), { inputs: scoped(team) });
  const change = (ingestionScope: IngestionScope, more?: object) =>
    reconcile(scopeGuard, gateway.context({}, settings), {
      id,
      inputs: scoped(ingestionScope, more),
      last: { ...state },
    });
  await expect(change(ada)).rejects.toThrow(/from groupEmail team@.* to userEmail ada@.* cannot be read what it holds/);
  await expect(change(ada, { allowDataLoss: true })).resolves.toMatchObject({ state: { ingestionScope: ada } });
  await expect(change({ type: "everything" })).resolves.toBeDefined();
});

test("nothing is sent for another tenant than the stack's", async () => {
  const ctx = gateway.context({}, { tenantId: "33333333-3333-4333-8333-333333333333" });
  const inputs = scopeGuardContract.inputs.parse({ tenantId, applicationId, ingestionScope: ada });
  await expect(reconcile(scopeGuard, ctx, { inputs })).rejects.toThrow(/the stack is for tenant/);
  expect(gateway.requests).toEqual([]);
});
