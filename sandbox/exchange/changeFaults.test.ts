import type { ExchangeFaults } from "./faultOptions";
import { faultHooks } from "./faults";
import type { Mailbox } from "./model";
import { TestApi, type Answer, failure, rows, tenantId, warnings } from "./testing/adminApi";

function faulty(faults: ExchangeFaults): TestApi {
  const api = new TestApi();
  Object.assign(api.hooks, faultHooks(faults));
  return api;
}

const set = async (api: TestApi, { guid }: Mailbox, change: object = { AuditDelegate: ["Update"] }): Promise<Answer> =>
  api.change("Set-Mailbox", { Identity: guid, ...change });

const isSet = (api: TestApi, { guid }: Mailbox): boolean =>
  api.organization.mailbox(guid)?.auditDelegate.join() === "Update";

/** The mailboxes whose first change has an answer that passes. */
async function struck(api: TestApi, mailboxes: readonly Mailbox[], by: (answer: Answer) => boolean): Promise<string[]> {
  const found: string[] = [];
  for (const mailbox of mailboxes) if (by(await set(api, mailbox))) found.push(mailbox.guid);
  return found.sort();
}

function one(api: TestApi): Mailbox {
  const [mailbox] = api.users(1, "elsewhere");
  if (mailbox === undefined) throw new Error("no mailbox");
  return mailbox;
}

describe("faults of single changes", () => {
  it("strike the same mailboxes in whatever order they are changed, whatever they are called", async () => {
    const faults = { throttledChanges: 0.5, retryAfterSeconds: 7 };
    const by = ({ status }: Answer): boolean => status === 429;
    const first = faulty(faults);
    const mailboxes = first.users(20, "elsewhere");
    const found = await struck(first, mailboxes, by);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(20);
    const called = mailboxes.map((it) => ({ ...it, guid: it.userPrincipalName })).reverse();
    const byName = await struck(faulty(faults), called, by);
    expect(byName.map((name) => first.organization.mailbox(name)?.guid).sort()).toEqual(found);
    expect((await set(faulty({ ...faults, throttledChanges: 1 }), one(first))).headers["retry-after"]).toBe("7");
  });

  it("ask three times in a row to wait for 315 seconds, and then let it be done", async () => {
    const api = faulty({ longThrottles: 1 });
    for (let turn = 0; turn < 3; turn++)
      expect(await set(api, one(api))).toMatchObject({ status: 429, headers: { "retry-after": "315" } });
    expect((await set(api, one(api))).status).toBe(200);
    expect(api.organization.counters).toMatchObject({ requests: 4, throttled: 3, cmdletWrites: 1, changes: 1 });
  });

  it("refuse one mailbox each time with 403, while it can be read and others are changed", async () => {
    const api = faulty({ forbiddenMailboxes: 0.3 });
    const mailboxes = api.users(20, "elsewhere");
    const by = ({ status, text }: Answer): boolean => status === 403 && /^\0+$/.test(text);
    const forbidden = await struck(api, mailboxes, by);
    expect(forbidden.length).toBeGreaterThan(0);
    expect(forbidden.length).toBeLessThan(20);
    expect(await struck(api, mailboxes, by)).toEqual(forbidden);
    expect((await api.read(forbidden[0] ?? "")).Guid).toBe(forbidden[0]);
  });

  it("answer 200 with errors, or with the warning that nothing was modified, and do nothing", async () => {
    const wrong = faulty({ errorsInAnswers: 1 });
    const answer = await set(wrong, one(wrong));
    expect([answer.status, answer.body["value"]]).toEqual([200, []]);
    expect(answer.body["@adminapi.errors"]).toEqual([expect.stringContaining("Exception|") as string]);
    const idle = faulty({ unmodifiedAnswers: 1 });
    expect(warnings(await set(idle, one(idle)))).toEqual([
      `The command completed successfully but no settings of '${one(idle).displayName}' have been modified.`,
    ]);
    for (const api of [wrong, idle]) {
      expect(isSet(api, one(api))).toBe(false);
      expect(api.organization.counters.cmdletWrites).toBe(0);
    }
  });

  it("lose the answer of what was done, in three ways", async () => {
    const lost = faulty({ lostAnswers: 1 });
    expect((await set(lost, one(lost))).status).toBe(504);
    const cut = faulty({ cutConnections: 1 });
    await expect(set(cut, one(cut))).rejects.toThrow("fetch failed");
    expect((await cut.invoke("Get-Mailbox")).status).toBe(200);
    const odd = faulty({ undecodableAnswers: 1 });
    await expect(set(odd, one(odd))).rejects.toThrow(SyntaxError);
    for (const api of [lost, cut, odd]) {
      expect(isSet(api, one(api))).toBe(true);
      expect(api.organization.counters.changes).toBe(1);
    }
  });

  it("make an error of adding what is on the list", async () => {
    const api = faulty({ alreadyAudited: 1 });
    const add = (action: string) => ({
      AuditOwner: { "@odata.type": "#Exchange.GenericHashTable", Add: [action] },
    });
    expect((await set(api, one(api), add("MailboxLogin"))).status).toBe(200);
    const again = await set(api, one(api), add("MailboxLogin"));
    expect([again.status, failure(again).text]).toEqual([
      400,
      "The input audit operation(s) MailboxLogin is/are already being audited.",
    ]);
  });

  it("fail tries of changes and of single reads in passing, in three forms", async () => {
    const forms = [
      [{ notYetReplicated: 1 }, "couldn't be read from domain controller"],
      [{ changedDomainControllers: 1 }, "ADServerSettingsChangedException"],
      [{ overBudget: 1 }, "request was throttled"],
    ] as const;
    for (const [faults, words] of forms) {
      const api = faulty(faults);
      expect(failure(await set(api, one(api))).text).toContain(words);
      expect(failure(await api.get(`Mailbox('${one(api).guid}')`)).text).toContain(words);
      expect((await api.invoke("Get-Mailbox")).status).toBe(200);
    }
    const api = faulty({ notYetReplicated: 0.5 });
    const statuses: number[] = [];
    for (let turn = 0; turn < 20; turn++) statuses.push((await set(api, one(api))).status);
    expect(new Set(statuses)).toEqual(new Set([200, 404]));
  });

  it("give a mailbox's wrong server another form, always the same", async () => {
    const api = faulty({ otherWrongServerForms: 1 });
    const mailboxes = api.users(20, "elsewhere");
    const refuse = async () => {
      const forms: string[] = [];
      for (const { guid } of mailboxes) {
        const { body } = await api.invoke("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"] });
        forms.push((body["error"] as { code: string }).code);
      }
      return forms;
    };
    const forms = await refuse();
    expect(new Set(forms)).toEqual(new Set(["BadRequest", "ErrorIncorrectRoutingHint"]));
    expect(await refuse()).toEqual(forms);
  });
});

describe("vanishing mailboxes", () => {
  it("are listed once, and then neither listed nor found, under any name", async () => {
    const api = faulty({ vanishingMailboxes: 0.2 });
    const list = async () => rows(await api.invoke("Get-Mailbox", { ResultSize: "Unlimited" })).map(({ Guid }) => Guid);
    const before = await list();
    const after = new Set(await list());
    expect([...after]).toEqual(await list());
    const gone = before.filter((guid) => !after.has(guid));
    expect(gone.length).toBeGreaterThan(10);
    expect(gone.length).toBeLessThan(80);
    for (const guid of gone) {
      const answers = [
        await api.invoke("Get-Mailbox", { Identity: guid }),
        await api.invoke("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"] }),
        await api.invoke("Set-MailboxAuditBypassAssociation", { Identity: guid, AuditBypassEnabled: false }),
        await api.get(`Mailbox('${guid}')`),
      ];
      expect(answers.map((answer) => failure(answer).type)).toEqual(Array(4).fill("ManagementObjectNotFoundException"));
    }
    expect([...api.organization.each()]).toHaveLength(200 - gone.length);
  });

  it("stay on the later pages of the list that is being given", async () => {
    const api = faulty({ vanishingMailboxes: 1 });
    const headers = { prefer: "odata.maxpagesize=50" };
    let url: string | undefined = "Mailbox?$select=Guid";
    let found = 0;
    while (url !== undefined) {
      const answer: Answer = await api.get(url, headers);
      found += rows(answer).length;
      url = answer.body["@odata.nextLink"] as string | undefined;
    }
    expect(found).toBe(194);
    expect(rows(await api.get("Mailbox", headers))).toEqual([]);
  });
});

describe("late replicas", () => {
  const read = async (api: TestApi, { guid }: Mailbox, anchor = "") =>
    rows(await api.invoke("Get-Mailbox", { Identity: guid }, { headers: { "x-anchormailbox": anchor } }))[0]
      ?.AuditDelegate;

  it("show what was before the last change for so many reads, but not to who anchors to the mailbox", async () => {
    const api = faulty({ lateReads: 2 });
    const mailbox = one(api);
    await set(api, mailbox);
    await set(api, mailbox, { AuditDelegate: ["SendAs"] });
    expect(await read(api, mailbox, `UPN:${mailbox.userPrincipalName}`)).toEqual(["SendAs"]);
    expect(await read(api, mailbox)).toEqual(["Update"]);
    expect(await read(api, mailbox, `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`)).toEqual([
      "Update",
    ]);
    expect(await read(api, mailbox)).toEqual(["SendAs"]);
    await set(api, mailbox, { AuditDelegate: ["Create"] });
    expect(await read(api, mailbox)).toEqual(["SendAs"]);
  });

  it("show it in lists and their filters too", async () => {
    const api = faulty({ lateReads: 1 });
    await set(api, one(api));
    const since = async () =>
      rows(await api.get(`Mailbox?$filter=${encodeURIComponent("WhenChangedUTC ge '2026-03-01T00:00:00Z'")}`)).length;
    expect(await since()).toBe(0);
    const listed = rows(await api.get("Mailbox?PropertySet=Audit,Minimum", { prefer: "odata.maxpagesize=1000" }));
    expect(listed.find(({ Guid }) => Guid === one(api).guid)?.AuditDelegate).not.toEqual(["Update"]);
    expect(await since()).toBe(1);
  });

  it("show the bypass of an account late too", async () => {
    const api = faulty({ lateReads: 1 });
    const { guid: Identity, userPrincipalName } = one(api);
    await api.change("Set-MailboxAuditBypassAssociation", { Identity, AuditBypassEnabled: true });
    const shown = async (anchor = "") => {
      const options = { headers: { "x-anchormailbox": anchor } };
      return rows(await api.invoke("Get-MailboxAuditBypassAssociation", { Identity }, options))[0]?.AuditBypassEnabled;
    };
    expect(await shown(`UPN:${userPrincipalName}`)).toBe(true);
    expect(await shown()).toBe(false);
    expect(await shown()).toBe(true);
  });

  it("can be late by a time", async () => {
    const api = faulty({ lateSeconds: 30 });
    const before = await read(api, one(api));
    await set(api, one(api));
    api.now += 29_000;
    expect(await read(api, one(api))).toEqual(before);
    api.now += 1_000;
    expect(await read(api, one(api))).toEqual(["Update"]);
  });
});
