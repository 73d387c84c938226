/** A directory that takes its time, on a real engine: what is granted is waited for, and for so long only as was said. */
import type { ReplicationOptions } from "../../sandbox";
import { auditedAsDeclared } from "../../tools/demo/tenant";
import type { Outcome } from "../../tools/stack";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { onesecure } from "pulumi-m365audit";

const timeoutSeconds = new pulumi.Config("patience").getNumber("seconds");
new onesecure.ExchangeOnlineAuditing("audit", {
  tenantId: new pulumi.Config("m365audit").require("tenantId"),
  organization: "Contoso",
  sourceGroup: "Exchange Online",
  crawlSource: true,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  mailboxAudit: { bypass: { others: "remove" } },
  ...(timeoutSeconds === undefined ? {} : { preflight: { timeoutSeconds } }),
});
`;

const hour = 3_600_000;
/** Milliseconds of the sandbox's clock, which the test moves: nothing arrives before it does. */
const slow = (ms: number): { min: number; max: number } => ({ min: ms, max: ms });
/** Seen from the second look on, however long that takes. */
const second = { reads: { min: 1, max: 1 } };
/** Seen by the second look, not by the third, and then by all. */
const flapping = { reads: { min: 3, max: 3 } };
const everywhere: ReplicationOptions = {
  applications: second,
  servicePrincipals: second,
  credentials: second,
  appRoleAssignments: second,
  directoryRoleAssignments: second,
  federatedIdentityCredentials: second,
  exchangeAuthorization: flapping,
};

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    program,
    config: { "m365audit:accessTimeoutSeconds": "50", "patience:seconds": "50" },
    sandbox: {
      tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 20 }],
      replication: { credentials: slow(hour), exchangeAuthorization: slow(24 * hour) },
    },
  });
});
afterAll(() => scene.close());

const directory = () => scene.sandbox.control.tenant(scene.tenant.id).directory;
const notAsDeclared = () => auditedAsDeclared(scene.sandbox.control, scene.tenant.id).filter(({ ok }) => !ok);
const later = (ms: number): Promise<void> => scene.stack.travelTo(new Date(scene.sandbox.control.now().getTime() + ms));

/** What was said when it failed, on one line. */
async function refusal(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return String(error).replace(/\s+/g, " ");
  }
  throw new Error("it succeeded");
}

/** What an up said while it waited for something. */
const progressOf = ({ diagnostics }: Outcome, what: string): string =>
  diagnostics.filter((line) => line.includes(what)).join("\n");

test("credentials that do not arrive in time are an error that names them, and 1Secure is told nothing", async () => {
  const said = await refusal(scene.stack.up());
  expect(said).toMatch(/proving what may be reached by app \S+ in tenant \S+: 3 of 3 needs not met after \d+ s/);
  expect(said).toMatch(/ActivityFeed\.Read no .{0,80}AADSTS7000215/);
  expect(said).toMatch(
    /waiting for Exchange Online of tenant \S+ to let us in: after \d+ s still: .{0,80}AADSTS700027/,
  );
  expect(said).toContain("m365audit:accessTimeoutSeconds says how long to wait");
  expect(scene.sandbox.control.oneSecure()).toMatchObject({ credentials: [], sources: [] });
});

test("a role that Exchange Online does not honour in time is an error that says so; nothing is collected yet", async () => {
  await later(2 * hour);
  const said = await refusal(scene.stack.up());
  expect(said).toMatch(
    /still: the token of app \S+ has Exchange\.ManageAsApp and the role Exchange Administrator, which is not enough or not in force yet/,
  );
  expect(scene.sandbox.control.oneSecure().connectors.filter(({ enabled }) => enabled)).toEqual([]);
});

test("when all of it has arrived, up goes on where it stopped, and makes nothing twice", async () => {
  await later(48 * hour);
  const { diagnostics } = await scene.stack.up();
  expect(diagnostics.join("\n")).not.toMatch(/already exists/i);
  expect(notAsDeclared()).toEqual([]);
  expect(directory().applications).toHaveLength(1);
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("with everything late, and Exchange Online in two minds, up waits, says what for, and leaves nothing to do", async () => {
  await scene.stack.destroy();
  scene.sandbox.control.setReplication(everywhere);
  await scene.stack.setConfig({
    "m365audit:accessTimeoutSeconds": { value: "600" },
    "patience:seconds": { value: "600" },
  });
  const outcome = await scene.stack.up();
  expect(notAsDeclared()).toEqual([]);
  const looking = /; waited .* of at most 10 min, looking again in/;
  const proving = progressOf(outcome, "proving what may be reached by app");
  expect(proving).toMatch(/ActivityFeed\.Read/);
  expect(proving).toMatch(looking);
  const lettingIn = progressOf(outcome, "to let us in");
  expect(lettingIn).toMatch(looking);
  // Let in once, then refused: that one did not count.
  expect(lettingIn).toMatch(
    /seen 1 of 3 times in a row\n.*not in force yet.*\n(?:.*\n)*?.*seen 1 of 3 times in a row\n.*seen 2 of 3/,
  );
  expect((await scene.stack.preview()).changes).toEqual([]);
}, 300_000);
