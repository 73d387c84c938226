/** An app's scope over HTTPS: the deploying identity signs in at the sandbox's token endpoint, and Exchange asks its own directory. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Sandbox, startSandbox, type TenantInfo } from "../../sandbox";
import { exchangeAdministrator, exchangeAppId, newApp, type TestApp } from "../../sandbox/testing/apps";
import { connectTo, type Wire } from "../../sandbox/testing/wire";
import type { ApplicationScopeInputs, ApplicationScopeState } from "./applicationScope/contract";

// A process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

/** Runs the kind in a process of its own: Node reads NODE_EXTRA_CA_CERTS only when it starts. */
const program = `
  require("./scripts/typescript.cjs");
  const { applicationScope } = require("./provider/exchange/applicationScope");
  const { manualClock } = require("./provider/core/clock");
  const { reconcile } = require("./provider/core/kind");
  let text = "";
  process.stdin.on("data", (part) => (text += part)).on("end", async () => {
    const { inputs, settings } = JSON.parse(text);
    const settle = { get: (name) => settings[name] };
    const ctx = { clock: manualClock(Date.now()), report: () => undefined, settings: settle };
    const result = await reconcile(applicationScope, ctx, { inputs }).then(
      ({ state }) => ({ state }),
      ({ tag, message }) => ({ tag, message }),
    );
    console.log(JSON.stringify(result));
  });
`;

interface Result {
  readonly state?: ApplicationScopeState;
  readonly tag?: string;
  readonly message?: string;
}

let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
let crawler: TestApp;
beforeAll(async () => {
  sandbox = await startSandbox({ tenants: [{ initialDomain: "contoso.onmicrosoft.com" }] });
  wire = connectTo(sandbox);
  [tenant] = sandbox.tenants as [TenantInfo];
  crawler = await newApp(wire, tenant, "Crawler");
});
afterAll(async () => {
  await wire.close();
  await sandbox.close();
});

async function up(deployer: TestApp): Promise<Result> {
  const inputs: ApplicationScopeInputs = {
    tenantId: tenant.id,
    clientId: crawler.clientId,
    servicePrincipalObjectId: crawler.principalId,
    roles: ["Application Mail.Read"],
    scope: { type: "groupEmail", domain: "contoso.onmicrosoft.com", email: "leadership@contoso.onmicrosoft.com" },
  };
  const child = spawn(process.execPath, ["-e", program], {
    cwd: join(__dirname, "..", ".."),
    env: {
      ...process.env,
      ...sandbox.environment(tenant),
      ARM_CLIENT_ID: deployer.clientId,
      ARM_CLIENT_SECRET: deployer.clientSecret,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const settings = { authorityHost: sandbox.origin, exchangeEndpoint: sandbox.origin };
  child.stdin.end(JSON.stringify({ inputs, settings }));
  let answer = "";
  for await (const part of child.stdout) answer += String(part);
  return JSON.parse(answer) as Result;
}

it("is set by the deploying identity, for the group's members as the directory has them", async () => {
  const deployer = await newApp(wire, tenant, "Deployer");
  await deployer.consent(exchangeAppId, "Exchange.ManageAsApp");
  await deployer.assign(exchangeAdministrator);
  const { state, message } = await up(deployer);
  expect(message).toBeUndefined();
  expect(state?.recipientFilter).toMatch(/^MemberOfGroup -eq 'CN=/);
  expect(state?.proof).toMatchObject({ inside: { inScope: true }, outside: { inScope: false } });
});

it("is refused to an identity that may not manage Exchange, and says what it takes", async () => {
  const deployer = await newApp(wire, tenant, "Powerless");
  await deployer.consent(exchangeAppId, "Exchange.ManageAsApp");
  const { tag, message } = await up(deployer);
  expect(tag).toBe("AccessRefused");
  expect(message).toContain("without a directory role such as Exchange Administrator");
  expect(message).toContain("Organization Management");
});
