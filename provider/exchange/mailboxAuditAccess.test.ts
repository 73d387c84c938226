import { directoryRoleTemplates } from "../entra/wellKnown";
import { Steward } from "./testing/steward";
import { declared, fullGrants, TestTenant } from "./testing/tenant";

let tenant: TestTenant;
let policy: Steward;
beforeEach(async () => {
  tenant = await TestTenant.start({ mailboxes: 20 });
  policy = new Steward(tenant);
});
afterEach(() => tenant.stop());

const administrator = directoryRoleTemplates["Exchange Administrator"];
const waits = (): readonly string[] => tenant.reported.filter((line) => line.startsWith("waiting"));
const writes = (): number => tenant.organization.counters.cmdletWrites;
const probes = (): number =>
  tenant.called("Get-OrganizationConfig").length - tenant.called("Get-AdminAuditLogConfig").length;

/** From now on each token holds what these say, one after another, and the last of them from then on. */
function tokensHold(grants: readonly { readonly roles?: string[]; readonly wids?: string[] }[]): void {
  let issued = 0;
  const full = fullGrants();
  Object.defineProperties(tenant.grants.app, {
    roles: { configurable: true, get: () => grants[Math.min(issued, grants.length - 1)]?.roles ?? full.roles },
    wids: {
      configurable: true,
      get: () => {
        const wids = grants[Math.min(issued, grants.length - 1)]?.wids ?? full.wids;
        issued += 1;
        return wids;
      },
    },
  });
}
const all = {};
const noConsent = { roles: [] };
const noRole = { wids: [] };

describe("access that was only just granted", () => {
  test("is waited for, and what is missing, how long it was waited and how long it will be is told", async () => {
    tokensHold([{ roles: [], wids: [] }, noRole, all]);
    const state = await policy.up();
    expect(state.compliant).toBe(state.mailboxes);
    expect(waits()[0]).toMatch(
      /^waiting for Exchange Online of tenant .* to let us in: the token of app .* is without the app role Exchange.ManageAsApp \(with admin consent\) and without a directory role such as Exchange Administrator; waited 0 s of at most 10 min, looking again in 5 s$/,
    );
    expect(waits()[1]).toMatch(/is without a directory role such as Exchange Administrator; waited 5 s/);
    expect(waits().slice(2)).toEqual([
      expect.stringMatching(/seen 1 of 3 times in a row$/),
      expect.stringMatching(/seen 2 of 3 times in a row$/),
    ]);
  });

  test("has to be seen three times in a row with three tokens before anything is read or written", async () => {
    tokensHold([all, noConsent, all, all, noConsent, all, all, all]);
    tenant.hooks.before = ({ kind }) => {
      if (kind === "mailboxList") expect(tenant.tokens).toBe(8);
      return Promise.resolve(undefined);
    };
    const state = await policy.up();
    expect(state.compliant).toBe(state.mailboxes);
    expect(waits().map((line) => /: (seen \d|the token)/.exec(line)?.[1])).toEqual([
      "seen 1",
      "the token",
      "seen 1",
      "seen 2",
      "the token",
      "seen 1",
      "seen 2",
    ]);
  });

  test("is not asked of Exchange while the token itself shows that the consent is missing", async () => {
    tokensHold([noConsent, noConsent, noConsent, all]);
    await policy.up();
    expect(probes()).toBe(3);
  });

  test("by a role for an administrative unit, which is in no token, counts when Exchange lets it in", async () => {
    tokensHold([noRole]);
    tenant.scopedRoles = [{ roleTemplateId: administrator, has: () => true }];
    const state = await policy.up();
    expect(state.compliant).toBe(state.mailboxes);
    expect(waits()).toHaveLength(2);
  });

  test("that never comes is an error after ten minutes, which says what is missing and what to do; nothing was written", async () => {
    tokensHold([noRole]);
    await expect(policy.up()).rejects.toMatchObject({
      tag: "DeadlineExceeded",
      message: expect.stringMatching(
        /^waiting for Exchange Online of tenant .* to let us in: after 10 min still: the token of app .* is without a directory role such as Exchange Administrator\. Grant what is missing\./,
      ) as unknown,
    });
    expect(tenant.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(600_000);
    expect(writes()).toBe(0);
  });

  test("is waited for as long as the stack says", async () => {
    tenant.settings.set("accessTimeoutSeconds", "30");
    tokensHold([noConsent]);
    await expect(policy.up()).rejects.toThrow(/after 30 s still: .*without the app role Exchange.ManageAsApp/);
  });

  test("is not waited for with a number of seconds that is none", async () => {
    tenant.settings.set("accessTimeoutSeconds", "ten minutes");
    await expect(policy.up()).rejects.toThrow(/m365audit:accessTimeoutSeconds: "ten minutes" was given/);
    expect(tenant.seen).toEqual([]);
  });

  test("counts from the start when one of two tokens in one look is refused", async () => {
    let refusals = 0;
    tenant.hooks.before = ({ cmdlet }) => {
      refusals += cmdlet === "Get-OrganizationConfig" ? 1 : 0;
      return Promise.resolve(refusals === 2 && cmdlet === "Get-OrganizationConfig" ? { status: 401 } : undefined);
    };
    await policy.up();
    expect(waits().join("\n")).toMatch(/seen 1 .*\n.*not enough or not in force yet.*\n.*seen 1 .*\n.*seen 2 /);
  });

  test("and is lost again during the first scan is waited for again, within the same limit", async () => {
    let lost = false;
    tenant.hooks.before = ({ kind }) => {
      if (kind !== "mailboxList" || lost) return Promise.resolve(undefined);
      lost = true;
      return Promise.resolve({ status: 403, body: "\0" });
    };
    const state = await policy.up();
    expect(state.compliant).toBe(state.mailboxes);
    expect(probes()).toBe(3 + 3 + 1 - 1);
  });
});

describe("access that is known", () => {
  test("costs no request, no token and no time", async () => {
    const state = await policy.up();
    tenant.seen.length = 0;
    tenant.clock.slept.length = 0;
    tenant.tokens = 0;
    await policy.up(declared(), state);
    expect(probes()).toBe(0);
    expect(tenant.clock.slept).toEqual([]);
    expect(tenant.tokens).toBe(1);
  });

  test("and is refused all the same is proven three times in a row before work goes on", async () => {
    const state = await policy.up();
    tenant.reported.length = 0;
    tokensHold([noRole, all]);
    await policy.up(declared(), state);
    expect(waits()).toEqual([expect.stringContaining("seen 1 of 3"), expect.stringContaining("seen 2 of 3")]);
  });

  test.each([
    ["the app", { clientId: "bbbbbbbb-2222-4333-8444-555555555555" }],
    ["the certificate", { certificatePem: "(another)" }],
    ["the way to sign in", { keyless: true, certificatePem: undefined, privateKeyPem: undefined }],
  ])("is proven anew when %s changes", async (_what, changed) => {
    const state = await policy.up();
    tenant.seen.length = 0;
    const { certificatePem: _c, privateKeyPem: _k, ...others } = declared();
    const inputs = { ...("keyless" in changed ? others : declared()), ...changed };
    const after = await policy.up(inputs, state);
    expect(tenant.called("Get-OrganizationConfig")).toHaveLength(3);
    expect(policy.preview(after, inputs as ReturnType<typeof declared>)).toEqual([]);
  });

  test("is not proven anew when the same certificate's key is kept elsewhere", async () => {
    const state = await policy.up();
    tenant.seen.length = 0;
    const { privateKeyPem: _k, ...others } = declared();
    const inputs = { ...others, privateKey: { environmentVariable: "EXCHANGE_PRIVATE_KEY" } };
    expect(policy.preview(state, inputs)).toEqual(["privateKeyPem", "privateKey"]);
    const after = await policy.up(inputs, state);
    expect(tenant.seen).toEqual([]);
    expect(after).not.toHaveProperty("privateKeyPem");
    expect(after).toMatchObject({ privateKey: { environmentVariable: "EXCHANGE_PRIVATE_KEY" }, digest: state.digest });
  });
});

describe("another certificate", () => {
  const rotated = declared({ certificatePem: "(new certificate)", privateKeyPem: "(new key)" });

  test("is let in before it is recorded, no mailbox is read, and there is then nothing to do", async () => {
    const state = await policy.up();
    expect(policy.preview(state, rotated)).toEqual(["certificatePem", "privateKeyPem"]);
    tenant.seen.length = 0;
    const after = await policy.up(rotated, state);
    expect(policy.listings()).toEqual({ mailboxes: 0, bypass: 0 });
    expect(after).toEqual({ ...state, certificatePem: "(new certificate)", privateKeyPem: "(new key)", changed: 0 });
    expect(policy.preview(after, rotated)).toEqual([]);
    expect(policy.preview(await policy.refresh(after), rotated)).toEqual([]);
  });

  test("that is never let in is not recorded, and nothing was written", async () => {
    const state = await policy.up();
    tenant.organization.resetCounters();
    tenant.grants.app.refused = true;
    await expect(policy.up(rotated, state)).rejects.toThrow(/still: AADSTS700016/);
    expect(writes()).toBe(0);
  });

  test("comes together with what else changes: it is proven first, and the rest is then put right", async () => {
    const state = await policy.up();
    tenant.seen.length = 0;
    const inputs = { ...rotated, match: "exactly" as const };
    const after = await policy.up(inputs, state);
    expect(tenant.seen.findIndex(({ url }) => url.includes("/Mailbox?"))).toBeGreaterThanOrEqual(3);
    expect(policy.preview(after, inputs)).toEqual([]);
  });

  test("does not hide what was found to be wrong: the mailboxes are then read and put right", async () => {
    const state = await policy.up();
    tenant.organization.setMailboxAudit(policy.user().guid, { auditDelegate: ["Update"] });
    const drifted = await policy.refresh(state);
    const after = await policy.up(rotated, drifted);
    expect(after).toMatchObject({ changed: 1, certificatePem: "(new certificate)" });
    expect(policy.preview(after, rotated)).toEqual([]);
  });

  test("that took the place of one that is refused by now shows in the preview, which does not fail", async () => {
    const state = await policy.up();
    tenant.grants.app.refused = true;
    const seen = await policy.refresh(state);
    expect(seen.unreadable).toMatch(/AADSTS700016/);
    expect(policy.preview(seen, rotated)).toEqual(["certificatePem", "privateKeyPem", "unreadable"]);
    tenant.grants.app.refused = false;
    const after = await policy.up(rotated, seen);
    expect(after).not.toHaveProperty("unreadable");
    expect(policy.preview(after, rotated)).toEqual([]);
  });
});

test("a keyless policy says once that it is unproven, and not in every run", async () => {
  const { certificatePem: _c, privateKeyPem: _k, ...others } = declared();
  const inputs = { ...others, keyless: true };
  const state = await policy.up(inputs);
  await policy.up(inputs, state);
  await policy.refresh(state);
  expect(tenant.reported.filter((line) => line.startsWith("keyless:"))).toHaveLength(1);
  expect(state.keyless).toBe(true);
});
