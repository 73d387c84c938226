import fc from "fast-check";
import { createOrganization } from "../../../sandbox/exchange/organization";
import {
  actionsOf,
  baselines,
  type LogonType,
  logonTypes,
  matches,
  microsoftDefaults,
  netwrixNonOwner,
} from "../auditActions";
import { assess, commandsFor, corrected, describeCorrection } from "./assess";
import type { Mailbox } from "./mailbox";
import { actionSet, auditPolicy, type AuditPolicy } from "./policy";

const untouched: Mailbox = {
  guid: "9d2c7f5e-0000-4000-8000-000000000001",
  address: "ada@contoso.com",
  recipientType: "UserMailbox",
  auditEnabled: true,
  lists: { Admin: microsoftDefaults.Admin, Delegate: microsoftDefaults.Delegate, Owner: microsoftDefaults.Owner },
  defaultAuditSet: logonTypes,
};
const pinned = (lists: Partial<Record<LogonType, readonly string[]>>): Mailbox => ({
  ...untouched,
  lists: { ...untouched.lists, ...lists },
  defaultAuditSet: logonTypes.filter((type) => lists[type] === undefined),
});
const differences = (policy: AuditPolicy, mailbox: Mailbox) =>
  Object.fromEntries((assess(policy, mailbox)?.differences ?? []).map(({ property, to }) => [property, to]));
const added = (actions: readonly string[]) => ({
  "@odata.type": "#Exchange.GenericHashTable",
  Add: actionSet(actions),
});
const commands = (policy: AuditPolicy, mailbox: Mailbox) => commandsFor(assess(policy, mailbox)?.differences ?? []);

describe("the vendor's baseline", () => {
  test("adds its actions to what is recorded, and touches no owner's list", () => {
    const found = differences(auditPolicy({}), untouched);
    expect(Object.keys(found)).toEqual(["auditAdmin", "auditDelegate"]);
    expect(found.auditDelegate).toEqual(actionSet([...microsoftDefaults.Delegate, ...netwrixNonOwner.Delegate]));
  });

  test("is content with a mailbox that records more", () => {
    const rich = pinned({
      Admin: actionSet([...netwrixNonOwner.Admin, "MailItemsAccessed"]),
      Delegate: actionSet([...netwrixNonOwner.Delegate, "MailItemsAccessed"]),
    });
    expect(assess(auditPolicy({}), rich)).toBeUndefined();
    expect(differences(auditPolicy({ match: "exactly" }), rich)).toEqual({
      auditAdmin: actionSet(netwrixNonOwner.Admin),
      auditDelegate: actionSet(netwrixNonOwner.Delegate),
    });
  });

  test("switches auditing on with every command", () => {
    expect(commands(auditPolicy({}), untouched)).toEqual([
      expect.objectContaining({ AuditEnabled: true, AuditDelegate: expect.any(Array) as unknown }),
    ]);
    const off = {
      ...pinned({ Admin: actionSet(netwrixNonOwner.Admin), Delegate: actionSet(netwrixNonOwner.Delegate) }),
    };
    expect(commands(auditPolicy({}), { ...off, auditEnabled: false })).toEqual([{ AuditEnabled: true }]);
  });
});

describe("Microsoft's baseline", () => {
  const policy = auditPolicy({ baseline: "microsoftManaged" });

  test("leaves a mailbox alone that nobody has touched", () => {
    expect(assess(policy, untouched)).toBeUndefined();
  });

  test("hands a narrowed list back, in one command", () => {
    expect(commands(policy, pinned({ Delegate: ["Update"] }))).toEqual([
      { AuditEnabled: true, DefaultAuditSet: ["Admin", "Delegate", "Owner"] },
    ]);
  });

  test("keeps a list that holds more than the default, and completes it after the others were handed back", () => {
    const mixed = pinned({ Admin: ["Update"], Delegate: ["FolderBind", "Update"] });
    expect(commands(policy, mixed)).toEqual([
      { AuditEnabled: true, DefaultAuditSet: ["Admin", "Owner"] },
      {
        AuditEnabled: true,
        AuditDelegate: added(microsoftDefaults.Delegate.filter((action) => action !== "Update")),
      },
    ]);
  });

  test("exactly: hands every list back, whatever more it holds", () => {
    const exact = auditPolicy({ baseline: "microsoftManaged", match: "exactly" });
    expect(differences(exact, pinned({ Delegate: [...microsoftDefaults.Delegate, "FolderBind"] }))).toEqual({
      defaultAuditSet: logonTypes,
    });
  });
});

describe("what is sent", () => {
  const wanted = auditPolicy({ baseline: "custom", auditDelegate: ["Update", "Move"] });

  test("adds to a list that is pinned", () => {
    expect(commands(wanted, pinned({ Delegate: ["SendAs", "Update"] }))).toEqual([
      { AuditEnabled: true, AuditDelegate: added(["Move"]) },
    ]);
  });

  test("leaves out what Exchange takes no more: MessageBind, once the mailbox has Audit (Premium)", () => {
    const bound = pinned({ Admin: ["MessageBind", "Update"] });
    const [command] = commands(auditPolicy({ baseline: "custom", auditAdmin: ["Update", "Copy"] }), bound);
    expect(JSON.stringify(command)).not.toContain("MessageBind");
  });

  test("gives a list whole that Microsoft kept, that was None, or that is to be exactly so", () => {
    expect(commands(wanted, untouched)).toEqual([
      { AuditEnabled: true, AuditDelegate: actionSet([...microsoftDefaults.Delegate, "Move"]) },
    ]);
    expect(commands(wanted, pinned({ Delegate: [] }))).toEqual([
      { AuditEnabled: true, AuditDelegate: ["Move", "Update"] },
    ]);
    const exactly = auditPolicy({ baseline: "custom", match: "exactly", auditDelegate: ["Update", "Move"] });
    expect(commands(exactly, pinned({ Delegate: ["Update"] }))).toEqual([
      { AuditEnabled: true, AuditDelegate: ["Move", "Update"] },
    ]);
  });
});

test("a list that is to be empty is sent as None", () => {
  const policy = auditPolicy({ baseline: "custom", match: "exactly", auditOwner: ["None"] });
  expect(commands(policy, untouched)).toEqual([{ AuditEnabled: true, AuditOwner: ["None"] }]);
});

test("a sample says what is wrong with a mailbox", () => {
  const policy = auditPolicy({ baseline: "custom", match: "exactly", auditDelegate: ["Update", "SendAs"] });
  const correction = assess(policy, { ...pinned({ Delegate: ["Update", "Move"] }), auditEnabled: false });
  expect(correction && describeCorrection(correction)).toBe(
    "ada@contoso.com: auditEnabled is off; auditDelegate lacks SendAs and has Move too",
  );
});

const actionsFor = (type: LogonType, more: readonly string[] = []) =>
  fc.subarray([...actionsOf[type].filter((action) => action !== "None"), ...more]).map(actionSet);

const policies: fc.Arbitrary<AuditPolicy> = fc
  .record({
    baseline: fc.constantFrom(...baselines),
    match: fc.constantFrom(...matches),
    auditAdmin: fc.option(actionsFor("Admin"), { nil: undefined }),
    auditDelegate: fc.option(actionsFor("Delegate"), { nil: undefined }),
    auditOwner: fc.option(actionsFor("Owner"), { nil: undefined }),
  })
  .map(auditPolicy);

/** Any state, those that no tenant is known to be in and actions that nobody knows yet included. */
const mailboxes: fc.Arbitrary<Mailbox> = fc
  .record({
    auditEnabled: fc.boolean(),
    defaultAuditSet: fc.subarray([...logonTypes]),
    Admin: actionsFor("Admin", ["FromTheFuture"]),
    Delegate: actionsFor("Delegate", ["FromTheFuture"]),
    Owner: actionsFor("Owner", ["FromTheFuture"]),
  })
  .map(({ auditEnabled, defaultAuditSet, ...lists }) => ({ ...untouched, auditEnabled, defaultAuditSet, lists }));

/** A state that a mailbox can be in: the list of a managed logon type is Microsoft's. */
const consistent = mailboxes.map((mailbox) => ({
  ...mailbox,
  lists: Object.fromEntries(
    logonTypes.map((type) => [
      type,
      mailbox.defaultAuditSet.includes(type) ? microsoftDefaults[type] : mailbox.lists[type],
    ]),
  ) as Record<LogonType, readonly string[]>,
}));

test("a corrected mailbox needs no correction, whatever it was and whatever is wanted", () => {
  fc.assert(
    fc.property(policies, mailboxes, (policy, mailbox) => {
      const correction = assess(policy, mailbox);
      return correction === undefined || assess(policy, corrected(correction)) === undefined;
    }),
    { numRuns: 2_000 },
  );
});

test("under atLeast no correction removes an action", () => {
  fc.assert(
    fc.property(policies, consistent, (policy, mailbox) => {
      const correction = assess({ ...policy, match: "atLeast" }, mailbox);
      const after = correction === undefined ? mailbox : corrected(correction);
      return logonTypes.every((type) => mailbox.lists[type].every((action) => after.lists[type].includes(action)));
    }),
    { numRuns: 2_000 },
  );
});

test("every difference is one: what is to be differs from what is", () => {
  fc.assert(
    fc.property(policies, mailboxes, (policy, mailbox) => {
      for (const { from, to } of assess(policy, mailbox)?.differences ?? []) expect(from).not.toEqual(to);
    }),
  );
});

test("the commands do in Exchange what the correction says", () => {
  const organization = createOrganization({
    tenantId: "11111111-2222-4333-8444-555555555555",
    initialDomain: "contoso.onmicrosoft.com",
    mailboxes: 20,
    seed: "assess",
    now: () => 0,
  });
  const user = [...organization.each()].find(
    ({ recipientTypeDetails, persistedCapabilities }) =>
      recipientTypeDetails === "UserMailbox" && !persistedCapabilities.includes("M365Auditing"),
  );
  const guid = user?.guid ?? "none";
  const withoutLicensed = (list: readonly string[]) => list.filter((action) => action !== "SearchQueryInitiated");
  const known = consistent.filter(({ lists }) => logonTypes.every((type) => !lists[type].includes("FromTheFuture")));
  fc.assert(
    fc.property(policies, known, (policy, { auditEnabled, defaultAuditSet, lists }) => {
      organization.setMailboxAudit(guid, {
        auditEnabled,
        auditAdmin: lists.Admin,
        auditDelegate: lists.Delegate,
        auditOwner: withoutLicensed(lists.Owner),
        defaultAuditSet,
      });
      const wanted = { ...policy, lists: { ...policy.lists } };
      if (wanted.lists.Owner !== undefined) wanted.lists.Owner = withoutLicensed(wanted.lists.Owner);
      const correction = assess(wanted, read(guid));
      for (const command of commandsFor(correction?.differences ?? [])) run(command);
      expect(assess(wanted, read(guid))).toBeUndefined();
      if (correction !== undefined) expect(settings(read(guid))).toEqual(settings(corrected(correction)));
    }),
    { numRuns: 500 },
  );

  function read(identity: string): Mailbox {
    const found = organization.mailbox(identity);
    if (found === undefined) throw new Error("no mailbox");
    return {
      ...untouched,
      guid: found.guid,
      auditEnabled: found.auditEnabled,
      lists: {
        Admin: actionSet(found.auditAdmin),
        Delegate: actionSet(found.auditDelegate),
        Owner: actionSet(found.auditOwner),
      },
      defaultAuditSet: found.defaultAuditSet,
    };
  }

  function run(command: Readonly<Record<string, unknown>>): void {
    const found = organization.mailbox(guid);
    if (found === undefined) throw new Error("no mailbox");
    const list = (name: string) => command[name] as readonly string[] | { readonly Add: readonly string[] } | undefined;
    const lists = { Admin: list("AuditAdmin"), Delegate: list("AuditDelegate"), Owner: list("AuditOwner") };
    organization.changeMailboxAudit(found, {
      enabled: command.AuditEnabled as boolean | undefined,
      restore: (list("DefaultAuditSet") ?? []) as readonly LogonType[],
      lists: Object.fromEntries(
        Object.entries(lists).flatMap(([type, actions]) =>
          actions === undefined
            ? []
            : [[type, "Add" in actions ? { add: actions.Add, remove: [] } : { replace: actions }]],
        ),
      ),
    });
  }

  function settings({ auditEnabled, lists, defaultAuditSet }: Mailbox) {
    return { auditEnabled, lists: Object.values(lists).map(actionSet), defaultAuditSet: [...defaultAuditSet].sort() };
  }
});
