/** Waiting for Exchange Online to take note of a scope. What Graph answers is in the tests over the wire. */
import { AccessRefused, gone, manualClock } from "../../core";
import type { Recipients, User } from "../../entra/graph/recipients";
import { lookForScope, notLookedFor, type Wanted } from "./scope";

const ada: User = { id: "1", userPrincipalName: "ada@contoso.com", assignedLicenses: [] };
const wanted = {
  service: "exchange",
  ingestionScope: { type: "everything" },
  limitedToScope: true,
  mailboxInScope: "ada@contoso.com",
} as const satisfies Wanted;

/** A tenant whose only mailbox opens or not, try by try; the last answer stands. */
function tenant(...opens: readonly boolean[]): Recipients & { tries: number } {
  const unasked = (): Promise<never> => Promise.reject(new Error("not asked for here"));
  const recipients = {
    tries: 0,
    domains: () => Promise.resolve([{ id: "contoso.com", isVerified: true }]),
    usersBy: (address: string) => Promise.resolve(address === ada.userPrincipalName ? [ada] : []),
    groupsBy: () => Promise.resolve([]),
    members: unasked,
    userCount: () => Promise.resolve(3),
    mailbox: () => {
      const opened = opens[Math.min(recipients.tries, opens.length - 1)];
      recipients.tries += 1;
      if (opened === true) return Promise.resolve(true as const);
      return Promise.reject(
        new AccessRefused({ operation: "opening", subject: "it", happened: "ErrorAccessDenied", status: 403 }),
      );
    },
    drive: () => Promise.resolve(gone),
    folder: () => Promise.resolve(gone),
    rootSite: unasked,
    close: () => Promise.resolve(),
  } satisfies Recipients & { tries: number };
  return recipients;
}

function waiting(limitMs: number) {
  const reported: string[] = [];
  return {
    clock: manualClock(),
    signal: undefined,
    inARow: 2,
    limitMs,
    report: (line: string) => void reported.push(line),
    reported,
  };
}

test("a mailbox in scope that opens at once is opened once", async () => {
  const recipients = tenant(true);
  const found = await lookForScope(recipients, wanted, waiting(600_000));
  expect(found.at(-1)).toMatchObject({ lookedFor: "mailbox of ada@contoso.com", answer: "yes" });
  expect(recipients.tries).toBe(1);
});

test("one that does not open yet is tried until it opens several times in a row", async () => {
  const recipients = tenant(false, true, false, true);
  const wait = waiting(600_000);
  const found = await lookForScope(recipients, wanted, wait);
  expect(found.at(-1)).toMatchObject({ answer: "yes", found: "it opens" });
  expect(recipients.tries).toBe(5);
  expect(wait.reported[0]).toMatch(/the mailbox of ada@contoso.com: Exchange Online does not let the app in yet/);
});

test("one that never opens is an answer after the time that there is, with how long Exchange may take and what to do", async () => {
  const wait = waiting(60_000);
  const found = await lookForScope(tenant(false), wanted, wait);
  expect(found.at(-1)).toMatchObject({
    answer: "no",
    found: expect.stringMatching(/ErrorAccessDenied.*up to 2 hours.*told nothing.*run `pulumi up` again/),
  });
  expect(wait.clock.now() - manualClock().now()).toBe(60_000);
});

test("without a limit nothing is waited for, and the mailbox of one user is opened only once", async () => {
  const user = { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" } as const;
  const recipients = tenant(false);
  await lookForScope(recipients, { service: "exchange", ingestionScope: user }, waiting(600_000));
  expect(recipients.tries).toBe(1);
  const limited = tenant(true);
  await lookForScope(limited, { ...wanted, ingestionScope: user }, waiting(600_000));
  expect(limited.tries).toBe(1);
});

test("an address that nobody has is an answer, and no mailbox at all is pointed out", async () => {
  const other = { ...wanted, mailboxInScope: "nobody@contoso.com" };
  const found = await lookForScope(tenant(true), other, waiting(0));
  expect(found.at(-1)).toMatchObject({ answer: "no", found: "no user has this address" });
  expect(notLookedFor({ ...wanted, mailboxInScope: undefined })).toEqual([
    expect.stringContaining("No mailbox in scope"),
  ]);
  expect(notLookedFor(wanted)).toEqual([]);
});
