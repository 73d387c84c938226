/** Both tests of a data source over HTTPS: real tokens of the app's own from the sandbox, and its Microsoft Graph. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Sandbox, startSandbox, type TenantInfo } from "../../sandbox";
import { exchangeAdministratorOf, limitMailTo } from "../../sandbox/testing/applicationRoles";
import { graphAppId, newApp, type TestApp } from "../../sandbox/testing/apps";
import { connectTo, first, type Wire } from "../../sandbox/testing/wire";

// A process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

/** Runs the kind in a process of its own: Node reads NODE_EXTRA_CA_CERTS only when it starts. No time passes but on its clock. */
const program = `
  require("./scripts/typescript.cjs");
  const { connection } = require("./provider/nowprivacy/connection");
  const { manualClock } = require("./provider/core/clock");
  const { reconcile } = require("./provider/core/kind");
  let text = "";
  process.stdin.on("data", (part) => (text += part)).on("end", async () => {
    const { runs, settings } = JSON.parse(text);
    const results = [];
    for (const inputs of runs) {
      const reported = [];
      const clock = manualClock(Date.now());
      const ctx = { clock, report: (line) => reported.push(line), settings: { get: (name) => settings[name] } };
      const result = await reconcile(connection, ctx, { inputs: connection.contract.inputs.parse(inputs) }).then(
        ({ state }) => ({ state }),
        ({ tag, message, stack, test }) => ({ tag, message: tag === undefined ? stack : message, test }),
      );
      results.push({ ...result, reported });
    }
    console.log(JSON.stringify(results));
  });
`;

interface Row {
  readonly lookedFor: string;
  readonly answer: string;
  readonly found: string;
}
interface Crawl {
  readonly service: string;
  readonly crawls: string;
  readonly answer: string;
}
interface Result {
  readonly state?: {
    readonly found: readonly Row[];
    readonly mayCrawl: readonly Crawl[];
    readonly warnings: readonly string[];
    readonly excused: number;
  };
  readonly tag?: string;
  readonly message?: string;
  readonly reported?: readonly string[];
  readonly test?: { readonly found: readonly Row[]; readonly mayCrawl: readonly Crawl[] };
}

const domain = "contoso.onmicrosoft.com";
const notValidated = "Office 365 cannot be fully validated without crawling it.";
const at = (alias: string): string => `${alias}@${domain}`;
const group = (email: string) => ({ type: "groupEmail", domain: email.slice(email.indexOf("@") + 1), email });
const user = (email: string) => ({ type: "userEmail", domain: email.slice(email.indexOf("@") + 1), email });

let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
/** May crawl Exchange, and nothing else. */
let mail: TestApp;
beforeAll(async () => {
  sandbox = await startSandbox();
  wire = connectTo(sandbox);
  tenant = first(sandbox.tenants);
  mail = await appWith("Directory.Read.All", "Mail.Read", "Calendars.Read");
});
afterAll(async () => {
  await wire.close();
  await sandbox.close();
});

async function appWith(...permissions: readonly string[]): Promise<TestApp> {
  const app = await newApp(wire, tenant, "NOW Privacy");
  for (const permission of permissions) await app.consent(graphAppId, permission);
  return app;
}

const mailbox = (type: string): string =>
  first(sandbox.control.mailboxes(tenant.id).filter((one) => one.recipientTypeDetails === type)).userPrincipalName;

/** As `app` for Exchange unless something else is said, with no patience. */
async function run(app: TestApp, runs: readonly object[], settings: object = {}): Promise<readonly Result[]> {
  const child = spawn(process.execPath, ["-e", program], {
    cwd: join(__dirname, "..", ".."),
    env: { ...process.env, ...sandbox.environment(tenant) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { clientId: applicationId, clientSecret } = app;
  const usual = { tenantId: tenant.id, applicationId, clientSecret, service: "exchange", timeoutSeconds: 0, inARow: 1 };
  child.stdin.end(
    JSON.stringify({
      runs: runs.map((one) => ({ ...usual, ...one })),
      settings: { authorityHost: sandbox.origin, graphEndpoint: sandbox.origin, ...settings },
    }),
  );
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
    child.on("close", () => {
      if (printed === "") reject(new Error("The process ended without an answer."));
      else resolve(JSON.parse(printed) as Result[]);
    });
  });
}

const lines = (rows: readonly Row[] = []): readonly string[] =>
  rows.map(({ lookedFor, answer, found }) => `${lookedFor}: ${answer}, ${found}`);

test("each scope is looked for in the directory, and the answer says what was found", async () => {
  const person = mailbox("UserMailbox");
  const shared = mailbox("SharedMailbox");
  const { displayName } = sandbox.control.mailbox(tenant.id, person);
  const results = await run(mail, [
    { ingestionScope: { type: "everything" } },
    { ingestionScope: { type: "domain", domain } },
    { ingestionScope: group(at("finance")) },
    { ingestionScope: group(at("all-staff")) },
    { ingestionScope: group("legal-hold@contoso.example") },
    { ingestionScope: user(person) },
    { ingestionScope: user(shared) },
  ]);
  const users = sandbox.control
    .mailboxes(tenant.id)
    .filter(({ recipientTypeDetails }) => recipientTypeDetails !== "GroupMailbox").length;
  expect(results.map(({ state, message }) => message ?? lines(state?.found))).toEqual([
    [`everything: yes, ${String(users)} users`],
    [`domain ${domain}: yes, verified domain, ${String(users)} users`],
    [
      `domain ${domain}: yes, verified domain`,
      `groupEmail ${at("finance")}: yes, Microsoft 365 group “Finance”, 12 members`,
    ],
    [
      `domain ${domain}: yes, verified domain`,
      `groupEmail ${at("all-staff")}: yes, distribution list “All Staff”, 26 members (25 users)`,
    ],
    [
      "domain contoso.example: yes, verified domain",
      "groupEmail legal-hold@contoso.example: yes, mail-enabled security group “Legal Hold”, 3 members",
    ],
    [
      `domain ${domain}: yes, verified domain`,
      `userEmail ${person}: yes, user “${displayName}”`,
      `mailbox of ${person}: yes, it opens`,
    ],
    [
      `domain ${domain}: yes, verified domain`,
      expect.stringMatching(/yes, user “Shared .*” \(no sign-in and no licence, as a shared/),
      `mailbox of ${shared}: yes, it opens`,
    ],
  ]);
  expect(results.map(({ state }) => state?.warnings)).toEqual(results.map(() => [notValidated]));
  expect(first(results).state?.mayCrawl.map(({ service, crawls, answer }) => [service, crawls, answer])).toEqual([
    ["Exchange", "mailboxes", "yes"],
    ["Exchange", "calendars", "yes"],
    ["SharePoint", "sites", "no"],
    ["OneDrive", "drives", "no"],
  ]);
});

test("what is not there, or is something else, is an error that says what to declare; it can be ignored", async () => {
  const shared = mailbox("SharedMailbox");
  const scopes = [
    user(at("leadership")),
    user(at("finance")),
    group(shared),
    group(at("nobody")),
    user(at("nobody")),
    { type: "domain", domain: "fabrikam.example" },
    { type: "domain", domain: "contoso-new.example" },
  ];
  const results = await run(mail, [
    ...scopes.map((ingestionScope) => ({ ingestionScope })),
    { ingestionScope: user(at("leadership")), ignoreWarnings: true },
  ]);
  const ignored = first(results.slice(-1));
  const refused = results.slice(0, -1);
  expect(refused.map(({ tag }) => tag)).toEqual(refused.map(() => "NotConnected"));
  const said = [
    /it is distribution list “Leadership”; a distribution list is a group: use groupEmail/,
    /it is Microsoft 365 group “Finance”; that is a group: use groupEmail/,
    /it is user “Shared .*”.* which is a user: use userEmail/,
    /no group has this address.*dynamic distribution group/,
    /no user has this address/,
    /the tenant has no such domain; it has contoso\.onmicrosoft\.com, contoso\.example/,
    /the tenant has not verified it/,
  ];
  for (const [index, pattern] of said.entries()) expect(refused[index]?.message).toMatch(pattern);
  expect(first(refused).message).toMatch(/Set ignoreWarnings: true.*SERVICE +CRAWLS.*LOOKED FOR +THERE/s);
  expect(ignored.state).toMatchObject({
    excused: 1,
    warnings: [expect.stringContaining("use groupEmail"), notValidated],
  });
});

test("an empty group, and a user who may no longer sign in, are pointed out", async () => {
  const [, leaver] = sandbox.control
    .mailboxes(tenant.id)
    .filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox");
  const email = leaver?.userPrincipalName ?? "";
  sandbox.control.setAccountEnabled(tenant.id, email, false);
  const results = await run(mail, [
    { ingestionScope: group(at("new-joiners")) },
    { ingestionScope: user(email) },
    { ingestionScope: { type: "domain", domain: "contoso.example" } },
  ]);
  expect(results.map(({ state }) => state?.warnings)).toEqual([
    [`${at("new-joiners")} has no members, so nothing is crawled.`, notValidated],
    [`The sign-in of ${email} is disabled although it has a licence: has the person left?`, notValidated],
    ["No user's principal name is in contoso.example, so nothing may be crawled.", notValidated],
  ]);
  expect(results.map(({ state }) => state?.excused)).toEqual([0, 0, 0]);
});

test("OneDrive: the user's drive and the folder are looked for; SharePoint: the root site", async () => {
  const files = await appWith("Directory.Read.All", "Files.Read.All", "Sites.Read.All");
  const [person, shared] = [mailbox("UserMailbox"), mailbox("SharedMailbox")];
  const oneDrive = { service: "oneDrive" };
  const results = await run(files, [
    { ...oneDrive, ingestionScope: user(person), folderPath: "/Documents/Reports" },
    { ...oneDrive, ingestionScope: user(person), folderPath: "/Nowhere" },
    { ...oneDrive, ingestionScope: user(shared), folderPath: "/Documents" },
    { ...oneDrive, ingestionScope: group(at("finance")), folderPath: "/Documents" },
    { service: "sharePoint", ingestionScope: { type: "everything" } },
  ]);
  const [there, nowhere, none, many, sites] = results;
  expect(lines(there?.state?.found).slice(2)).toEqual([
    `OneDrive of ${person}: yes, it is there`,
    "folder /Documents/Reports: yes, it is there",
  ]);
  expect(nowhere?.message).toContain("folder /Nowhere: the drive has none");
  expect(none?.message).toContain(`OneDrive of ${shared}: the user has none`);
  expect(many?.state?.warnings).toEqual([
    "Which drives have the folder /Documents is only seen when they are crawled.",
    notValidated,
  ]);
  expect(lines(sites?.state?.found)).toContain("SharePoint root site: yes, https://contoso.sharepoint.com");
  expect(sites?.state?.warnings[0]).toContain("these permissions are inferred");
});

test("a missing permission is an error even when warnings are ignored, with what may be crawled and what not", async () => {
  const without = await appWith("Directory.Read.All", "Mail.Read");
  const nothing = await newApp(wire, tenant);
  const asked = { ingestionScope: group(at("finance")), ignoreWarnings: true };
  const [some] = await run(without, [asked]);
  const [none] = await run(nothing, [asked]);
  expect(some?.tag).toBe("NotConnected");
  expect(some?.message).toContain("the credential is without Calendars.Read");
  expect(some?.message).toMatch(/Exchange +mailboxes +yes .*Exchange +calendars +no +the token is without Calendars/s);
  // The directory can be read, so the scope is still looked for.
  expect(lines(some?.test?.found)).toContainEqual(expect.stringContaining("“Finance”, 12 members"));
  expect(none?.message).toMatch(/without Directory\.Read\.All, Mail\.Read, Calendars\.Read/);
  expect(lines(none?.test?.found)).toEqual([expect.stringContaining("not looked for: the credential cannot read")]);
});

test("an app that Exchange limits to a scope opens the mailboxes in it, and consent to all mail is pointed out", async () => {
  const limited = await appWith("Directory.Read.All");
  const [inside, outside] = sandbox.control
    .mailboxes(tenant.id)
    .filter(({ recipientTypeDetails }) => recipientTypeDetails === "SharedMailbox")
    .map(({ userPrincipalName }) => userPrincipalName);
  const administrator = await exchangeAdministratorOf(wire, tenant);
  await limitMailTo(administrator, limited, `UserPrincipalName -eq '${inside ?? ""}'`);
  const results = await run(limited, [
    { ingestionScope: user(inside ?? ""), limitedToScope: true },
    { ingestionScope: user(outside ?? ""), limitedToScope: true },
  ]);
  const [wide] = await run(mail, [{ ingestionScope: { type: "everything" }, limitedToScope: true }]);
  const [good, refused] = results;
  expect(good?.message ?? lines(good?.state?.found)).toContain(`mailbox of ${inside ?? ""}: yes, it opens`);
  expect(good?.state?.mayCrawl[0]).toMatchObject({ crawls: "mailboxes", answer: "unknown" });
  expect(refused?.message).toMatch(/it does not open to the app \(ErrorAccessDenied.*leaves it out/);
  expect(wide?.state?.warnings[0]).toContain("The token holds Mail.Read and Calendars.Read");
});

test("an app that Exchange has not taken note of yet is refused for any scope, until it opens a mailbox in scope", async () => {
  const limited = await appWith("Directory.Read.All");
  const inside = mailbox("UserMailbox");
  sandbox.control.setApplicationAccessDelay(tenant.id, 2 * 3_600_000);
  await limitMailTo(await exchangeAdministratorOf(wire, tenant), limited, `UserPrincipalName -eq '${inside}'`);
  const asked = {
    ingestionScope: group(at("finance")),
    limitedToScope: true,
    mailboxInScope: inside,
    timeoutSeconds: 60,
  };
  const [early] = await run(limited, [asked]);
  expect(early?.tag).toBe("NotConnected");
  expect(early?.message).toMatch(/it does not open to the app .*up to 2 hours.*told nothing.*run `pulumi up` again/s);
  expect(early?.reported?.filter((line) => line.includes("does not let the app in yet")).length).toBeGreaterThan(1);
  sandbox.control.setApplicationAccessDelay(tenant.id, 0);
  const [late] = await run(limited, [asked]);
  expect(late?.message ?? lines(late?.state?.found)).toContain(`mailbox of ${inside}: yes, it opens`);
});

test("no error and no record holds a token or a wrong secret, and Graph that is down is not known", async () => {
  const before = sandbox.control.issuedSecrets().length;
  const ingestionScope = user(mailbox("UserMailbox"));
  const wrong = "a-secret-that-is-wrong";
  const results = [
    ...(await run(mail, [{ ingestionScope }, { ingestionScope, clientSecret: wrong }])),
    ...(await run(mail, [{ ingestionScope, ignoreWarnings: true }], { graphEndpoint: "https://localhost:9" })),
  ];
  const [good, refused, down] = results;
  expect(good?.tag).toBeUndefined();
  expect(refused?.message).toMatch(/AADSTS7000215/);
  expect(down?.state?.excused).toBeGreaterThan(0);
  expect(down?.state?.warnings.join("\n")).toMatch(/not known; it could not be asked: .*ECONNREFUSED/);
  for (const issued of sandbox.control.issuedSecrets().slice(before)) {
    expect(JSON.stringify(results)).not.toContain(issued);
  }
  expect(refused?.message).not.toContain(wrong);
});

test("a stack of another tenant is told so before anything is sent", async () => {
  const [, other] = sandbox.tenants;
  const [result] = await run(mail, [{ ingestionScope: { type: "everything" } }], { tenantId: other?.id });
  expect(result).toMatchObject({ tag: "WrongTenant" });
});
