/** Proof before promise, on a real engine: the product is told of a credential once the credential itself has shown what it reaches. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { nameOf } from "../../tools/stack/changes";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { entra, onesecure } from "pulumi-m365audit";

const config = new pulumi.Config("proven");
const tenantId = new pulumi.Config("m365audit").require("tenantId");
const organization = "Contoso";

/** The whole set-up, its proof included. */
function everything(): pulumi.Output<unknown> {
  return new onesecure.ExchangeOnlineAuditing("audit", {
    tenantId, organization, sourceGroup: "Exchange Online", crawlSource: true, exchangeOnlineActivity: true,
    collectNonOwnerMailboxAuditData: false, preflight: { timeoutSeconds: 0 },
  }).reach;
}

/** The proof by itself, of the deploying identity, and something that is told of it. */
function alone(needs: entra.PreflightArgs["needs"]): pulumi.Output<unknown> {
  const preflight = new entra.Preflight("proof", {
    tenantId,
    clientId: process.env.ARM_CLIENT_ID ?? "",
    clientSecret: process.env.ARM_CLIENT_SECRET ?? "",
    needs,
    ignoreWarnings: config.requireBoolean("ignoreWarnings"),
    timeoutSeconds: 0,
  });
  new onesecure.Credential("credential", {
    organization, displayName: "Told", clientId: preflight.clientId, clientSecret: preflight.provenClientSecret,
  });
  return pulumi.all([preflight.reach, preflight.warnings]);
}

const needs = config.getObject<entra.PreflightArgs["needs"]>("needs");
export const proven = needs === undefined ? everything() : alone(needs);
`;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ program });
});
afterAll(() => scene.close());

const told = (): string[] => {
  const { credentials, sources } = scene.sandbox.control.oneSecure();
  return [...credentials.map(({ displayName }) => displayName), ...sources.map(({ sourceGroup }) => sourceGroup)];
};

/** What was said when it failed. */
async function refusal(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return String(error);
  }
  throw new Error("it succeeded");
}

/** What a run says as warnings. */
function warnings(): { readonly onEvent: (event: EngineEvent) => void; readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    onEvent: ({ diagnosticEvent }) => {
      if (diagnosticEvent?.severity === "warning") said.push(diagnosticEvent.message);
    },
  };
}

/** Someone who takes the consent away as soon as it is given. */
function revoker(): (event: EngineEvent) => void {
  return ({ resOutputsEvent }) => {
    const { op, urn } = resOutputsEvent?.metadata ?? { op: "same", urn: "" };
    const { control } = scene.sandbox;
    if (op !== "create" || !nameOf(urn).endsWith("ActivityFeed.Read")) return;
    const [consent] = control.tenant(scene.tenant.id).directory.consents;
    control.removeConsent(scene.tenant.id, consent?.clientId ?? "", "ActivityFeed.Read");
  };
}

test("a consent that does not stay is an error with the table of what is reached, and 1Secure is told nothing", async () => {
  const said = await refusal(scene.stack.up(revoker()));
  expect(said).toContain("proving what may be reached by app");
  expect(said).toMatch(/1 of 1 needs not met/);
  expect(said).toMatch(/FOR +API +NEEDS +REACHED +WHY/);
  expect(said).toMatch(
    /Exchange Online activity +Office 365 Management APIs +ActivityFeed\.Read +no +the token is without it/,
  );
  expect(told()).toEqual([]);
});

test("once it stays, the next up goes on from there and shows the table as its output", async () => {
  const { outputs, changes } = await scene.stack.up();
  expect(changes.filter(({ type }) => type.startsWith("azuread:")).map(({ name }) => name)).toContain(
    "audit-activity-feed-ActivityFeed.Read",
  );
  expect(changes.map(({ operation, name }) => `${operation} ${name}`)).not.toContain("create audit-app-application");
  expect(outputs["proven"]?.value).toEqual([
    expect.objectContaining({ need: "ActivityFeed.Read", answer: "yes", service: "Exchange Online activity" }),
  ]);
  expect(told()).toEqual(["Netwrix 1Secure", "Exchange Online"]);
  await scene.stack.destroy();
  expect(told()).toEqual([]);
});

const unknown = [
  { service: "Elsewhere", api: "66666666-6666-4666-8666-666666666666", permissions: ["Thing.Read"] },
  {
    service: "Mailboxes of one unit",
    api: "Office 365 Exchange Online",
    directoryRole: "Exchange Recipient Administrator",
    administrativeUnit: true,
  },
];
const missing = { service: "Mail", api: "Microsoft Graph", permissions: ["Mail.Read"] };

async function prove(needs: readonly object[], ignoreWarnings: boolean): Promise<void> {
  await scene.stack.setConfig({
    "proven:needs": { value: JSON.stringify(needs) },
    "proven:ignoreWarnings": { value: String(ignoreWarnings) },
  });
}

test("what cannot be known is an error: an API that is not in the tenant, a role over an administrative unit", async () => {
  await prove(unknown, false);
  const said = await refusal(scene.stack.up());
  expect(said).toMatch(/2 of 2 not known/);
  expect(said).toContain("Set ignoreWarnings: true to go on without knowing.");
  expect(said).toMatch(/Elsewhere +66666666\S+ +Thing\.Read +unknown/);
  expect(said).toMatch(/role Exchange Recipient Administrator \(administrative unit\) +unknown/);
  expect(told()).toEqual([]);
});

test("what is missing is an error whatever is ignored", async () => {
  await prove([...unknown, missing], true);
  const said = await refusal(scene.stack.up());
  expect(said).toMatch(/1 of 3 needs not met, 2 of 3 not known/);
  expect(said).toMatch(/Mail +Microsoft Graph +Mail\.Read +no/);
  expect(told()).toEqual([]);
});

test("ignoreWarnings goes on; what is not known is a warning of that run and of the next ones, and in the output", async () => {
  await prove(unknown, true);
  const up = warnings();
  const { outputs } = await scene.stack.up(up.onEvent);
  const both = [expect.stringContaining("Elsewhere"), expect.stringContaining("Mailboxes of one unit")];
  expect(up.said).toEqual(both);
  const [reach, warned] = outputs["proven"]?.value as [{ answer: string }[], string[]];
  expect(reach.map(({ answer }) => answer)).toEqual(["unknown", "unknown"]);
  expect(warned).toEqual(both);
  expect(told()).toEqual(["Told"]);

  const preview = warnings();
  expect((await scene.stack.preview(preview.onEvent)).changes).toEqual([]);
  expect(preview.said).toEqual(both);
});

test("without it again, what is not known is an error again, and what was told stays as it is", async () => {
  await prove(unknown, false);
  expect(await refusal(scene.stack.up())).toMatch(/2 of 2 not known/);
  expect(told()).toEqual(["Told"]);
});
