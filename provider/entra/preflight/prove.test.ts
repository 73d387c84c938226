import { manualClock } from "../../core/clock";
import { AccessRefused, Rejected, Unavailable, WrongTenant } from "../../core/errors";
import { directoryRoleTemplates, exchangeOnline, office365Management } from "../wellKnown";
import type { Api, Need } from "./needs";
import { type ProofOptions, proveWith } from "./prove";
import { NotProven, type Reach, reachTable } from "./reach";

const tenantId = "11111111-2222-4333-8444-555555555555";
const clientId = "aaaaaaaa-2222-4333-8444-555555555555";
const administrator = directoryRoleTemplates["Exchange Administrator"];
/** Is in every app's token and no role. */
const inEveryToken = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";

const feed: Need = { service: "Activity", api: office365Management.displayName, permissions: ["ActivityFeed.Read"] };
const manage: Need = {
  service: "Mailbox audit",
  api: exchangeOnline.displayName,
  permissions: ["Exchange.ManageAsApp"],
  directoryRole: "Exchange Administrator",
};

interface Claims {
  readonly tid?: string;
  readonly appid?: string;
  readonly roles?: readonly string[];
  readonly wids?: readonly string[];
}

const jwt = (claims: Claims): string =>
  ["{}", JSON.stringify({ tid: tenantId, appid: clientId, ...claims }), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

const granted: Readonly<Record<string, Claims>> = {
  [office365Management.appId]: { roles: ["ActivityFeed.Read"], wids: [inEveryToken] },
  [exchangeOnline.appId]: { roles: ["Exchange.ManageAsApp"], wids: [inEveryToken, administrator] },
};

/** A tenant whose answers are what the test says at each look, from 1 on. */
function scripted(say: (api: Api, look: number) => Claims | string | Error = ({ appId }) => granted[appId] ?? {}) {
  const clock = manualClock();
  const reported: string[] = [];
  const looks = new Map<string, number>();
  const probes: (Error | "let in")[] = [];
  let asked = 0;
  const prove = (needs: readonly Need[], options?: ProofOptions): Promise<Reach> =>
    proveWith(
      { clock, report: (line) => void reported.push(line) },
      {
        tenantId,
        clientId,
        clock,
        acquire: (api) => () => {
          const look = (looks.get(api.appId) ?? 0) + 1;
          looks.set(api.appId, look);
          const said = say(api, look);
          if (said instanceof Error) return Promise.reject(said);
          const token = typeof said === "string" ? said : jwt(said);
          return Promise.resolve({ token, lifetimeMs: 3_600_000 });
        },
        probeExchangeOnline: () => {
          const answer = probes[Math.min(asked, probes.length - 1)];
          asked += 1;
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve();
        },
      },
      needs,
      options,
    );
  return { clock, reported, looks, probes, asked: () => asked, prove };
}

async function failure(proof: Promise<Reach>): Promise<NotProven> {
  const error = await proof.then(
    (reach) => new Error(`proven: ${JSON.stringify(reach)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof NotProven) return error;
  throw error;
}

const refused = (happened: string): AccessRefused =>
  new AccessRefused({ operation: "signing in as", subject: clientId, happened });
const answers = ({ rows }: Reach): readonly string[] => rows.map(({ need, answer }) => `${need}: ${answer}`);
const minutes = (count: number): number => count * 60_000;

describe("a credential that reaches what it needs", () => {
  test("is proven by three looks in a row, each with new tokens", async () => {
    const { prove, looks } = scripted();
    const reach = await prove([feed, manage]);
    expect(answers(reach)).toEqual([
      "ActivityFeed.Read: yes",
      "Exchange.ManageAsApp: yes",
      "role Exchange Administrator: yes",
    ]);
    expect(reach).toMatchObject({ beyond: [], warnings: [], tokenTenantId: tenantId });
    expect([...looks.values()]).toEqual([3, 3]);
  });

  test("is shown with what it holds beyond its needs", async () => {
    const { prove } = scripted(() => ({
      roles: ["full_access_as_app", "Exchange.ManageAsApp"],
      wids: [inEveryToken, administrator, directoryRoleTemplates["Global Administrator"]],
    }));
    const reach = await prove([manage]);
    expect(reach.beyond).toEqual([`${exchangeOnline.displayName}: full_access_as_app`, "role Global Administrator"]);
  });
});

describe("what is new", () => {
  test("is waited for until it is seen in a row, though copies of the directory disagree", async () => {
    const { prove, looks, reported } = scripted((api, look) =>
      [3, 6, 7, 8].includes(look) ? (granted[api.appId] ?? {}) : {},
    );
    await prove([feed]);
    expect(looks.get(office365Management.appId)).toBe(8);
    expect(reported).toContainEqual(expect.stringMatching(/ActivityFeed\.Read.*consent.*waited/));
    expect(reported).toContainEqual(expect.stringContaining("seen 1 of 3"));
  });

  test.each([
    ["a client secret", "AADSTS7000215: Invalid client secret provided."],
    [
      "a certificate",
      "AADSTS700027: The certificate used to sign the client assertion is not registered on application.",
    ],
    ["an application", "AADSTS700016: Application with identifier was not found in the directory."],
    ["a federated credential", "AADSTS700213: No matching federated identity record found."],
  ])("may be %s that Entra does not know everywhere yet", async (_what, said) => {
    const { prove } = scripted((api, look) => (look < 4 ? refused(said) : (granted[api.appId] ?? {})));
    expect(answers(await prove([feed]))).toEqual(["ActivityFeed.Read: yes"]);
  });

  test("is missing in the end when the limit is reached: the error is the table, with what to do", async () => {
    const { prove, clock } = scripted(() => ({ roles: ["ActivityFeed.Read"] }));
    const error = await failure(prove([feed, manage], { timeoutSeconds: 60 }));
    expect(clock.now()).toBe(minutes(1));
    expect(answers(error.reach)).toEqual([
      "ActivityFeed.Read: yes",
      "Exchange.ManageAsApp: no",
      "role Exchange Administrator: no",
    ]);
    expect(error.message).toContain("2 of 3 needs not met after 60 s");
    expect(error.message).toContain(reachTable(error.reach.rows));
    expect(error.message).toMatch(/Exchange\.ManageAsApp +no +.*Application Administrator.*consent/);
    expect(error.message).toMatch(/role Exchange Administrator +no +.*Privileged Role Administrator assign/);
  });
});

describe("a sign-in that is refused", () => {
  const lasting = async (said: string): Promise<number> => {
    const { prove, clock } = scripted(() => refused(said));
    const { message, reach } = await failure(prove([feed, manage]));
    expect(new Set(reach.rows.map(({ answer }) => answer))).toEqual(new Set(["no"]));
    expect(message.split(said.slice(0, 30))).toHaveLength(2);
    return clock.now();
  };

  test("ends the proof at once when it does not pass by itself", async () => {
    expect(await lasting("AADSTS90002: Tenant 'x' not found. Check to make sure")).toBe(0);
    expect(await lasting("AADSTS7000112: Application 'x' is disabled, they say")).toBe(0);
    expect(await lasting("AADSTS999999: nobody has ever heard of this")).toBe(0);
  });

  test("ends it after two minutes when it passes soon or never", async () => {
    for (const said of [
      "AADSTS7000222: The provided client secret keys for app are expired.",
      "AADSTS700016: Application with identifier 'x' was not found",
      "AADSTS700027: The certificate is expired on application, they say",
    ]) {
      const waited = await lasting(said);
      expect(waited).toBeGreaterThanOrEqual(minutes(2));
      expect(waited).toBeLessThan(minutes(3));
    }
  });

  test("ends it at the limit when it may be a secret that is new", async () => {
    expect(await lasting("AADSTS7000215: Invalid client secret provided. Ensure")).toBe(minutes(10));
  });

  test("is given its two minutes anew when the app was known in between", async () => {
    const { prove, clock } = scripted((api, look) =>
      look === 5 || look > 9 ? (granted[api.appId] ?? {}) : refused("AADSTS700016: not found"),
    );
    await prove([feed]);
    expect(clock.now()).toBeGreaterThan(minutes(2));
  });
});

describe("a token", () => {
  test.each([
    ["of another tenant ends the proof", { tid: "99999999-2222-4333-8444-555555555555" }, WrongTenant],
    ["of another app ends the proof", { appid: "99999999-2222-4333-8444-555555555555" }, Rejected],
  ])("%s", async (_what, claims, type) => {
    const { prove, looks } = scripted(() => claims);
    await expect(prove([feed])).rejects.toBeInstanceOf(type);
    expect(looks.get(office365Management.appId)).toBe(1);
  });
});

describe("what cannot be known", () => {
  const scoped: Need = { ...manage, administrativeUnit: true };
  const noRole: Claims = { roles: ["Exchange.ManageAsApp"] };

  test.each<[string, Need, Claims | string | Error, string]>([
    [
      "a role over an administrative unit",
      scoped,
      noRole,
      "role Exchange Administrator (administrative unit): unknown",
    ],
    ["a token that is no JWT", feed, "opaque", "ActivityFeed.Read: unknown"],
    [
      "an API that is not in the tenant",
      feed,
      refused("AADSTS500011: The resource principal was not found"),
      "ActivityFeed.Read: unknown",
    ],
    [
      "a token endpoint that is not reached",
      feed,
      new Unavailable({ operation: "signing in", subject: clientId, happened: "no token: ECONNREFUSED" }),
      "ActivityFeed.Read: unknown",
    ],
  ])("(%s) is an error, and with ignoreWarnings a warning", async (_what, need, said, expected) => {
    const error = await failure(scripted(() => said).prove([need]));
    expect(error.message).toMatch(/1 of \d not known.*ignoreWarnings: true/);
    const { prove, reported } = scripted(() => said);
    const reach = await prove([need], { ignoreWarnings: true });
    expect(answers(reach)).toContain(expected);
    expect(reach.warnings).toEqual([expect.stringContaining(need.service)]);
    expect(reported).toContainEqual(expect.stringContaining("not known"));
  });

  test("excuses nothing that is missing", async () => {
    const error = await failure(scripted(() => ({})).prove([scoped], { ignoreWarnings: true, timeoutSeconds: 0 }));
    expect(answers(error.reach)).toEqual([
      "Exchange.ManageAsApp: no",
      "role Exchange Administrator (administrative unit): unknown",
    ]);
  });
});

describe("Exchange Online's own answer", () => {
  const probed: Need = { ...manage, probe: "exchangeOnline" };

  test("is asked for at each look, and waited for", async () => {
    const { prove, probes, asked } = scripted();
    probes.push(refused("403"), "let in", refused("403"), "let in");
    expect(answers(await prove([probed]))).toContain("Exchange Online answers: yes");
    expect(asked()).toBe(6);
  });

  test("is not asked for with a token that lacks something", async () => {
    const { prove, asked } = scripted(() => ({}));
    const { reach } = await failure(prove([probed], { timeoutSeconds: 0 }));
    expect(answers(reach)).toContain("Exchange Online answers: unknown");
    expect(asked()).toBe(0);
  });

  test("tells of a role over an administrative unit what no token does", async () => {
    const { prove } = scripted(() => ({ roles: ["Exchange.ManageAsApp"] }));
    const reach = await prove([{ ...probed, administrativeUnit: true }]);
    expect(answers(reach)).toContain("role Exchange Administrator (administrative unit): yes");
    expect(reach.warnings).toEqual([]);
  });

  test("cannot be known when it does not come", async () => {
    const { prove, probes } = scripted();
    probes.push(new Unavailable({ operation: "probing", subject: tenantId, happened: "503" }));
    expect(answers(await prove([probed], { ignoreWarnings: true }))).toContain("Exchange Online answers: unknown");
  });
});

test("the table has a line for each need, and says a long reason once", () => {
  const row = {
    service: "Activity",
    api: "API",
    answer: "no",
    why: "the sign-in is refused for a reason that is long",
  } as const;
  expect(
    reachTable([
      { ...row, need: "A" },
      { ...row, need: "Longer" },
    ]).split("\n"),
  ).toEqual([
    "FOR       API  NEEDS   REACHED  WHY",
    "Activity  API  A       no       the sign-in is refused for a reason that is long",
    "Activity  API  Longer  no       as above",
  ]);
  expect(reachTable([])).toBe("");
});
