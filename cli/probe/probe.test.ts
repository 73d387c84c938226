import { Unavailable } from "../../provider/core/errors";
import type { HttpRequest } from "../../provider/core/http";
import { beliefs } from "../../sandbox/beliefs";
import { mostRequests } from "./probe";
import { contraries } from "./testing/contraries";
import { type Answer, ProbedTenant, withOutcome } from "./testing/tenant";

let small: ProbedTenant;
/** It has more mailboxes than a list gives that is not told how many are wanted. */
let large: ProbedTenant;
beforeAll(async () => {
  [small, large] = await Promise.all([ProbedTenant.start(200), ProbedTenant.start(2_000)]);
});
afterAll(() => Promise.all([small.stop(), large.stop()]));

const aboutLargeTenants = ["default-result-size", "whole-list-in-one-answer"];

const askable: readonly string[] = beliefs.filter(({ asked }) => typeof asked === "string").map(({ id }) => id);

describe("the probe, run against the sandbox", () => {
  it("finds all that can be asked to hold, and leaves the mailbox as it was", async () => {
    const tenant = large;
    const before = tenant.writable;
    const { outcomes } = await tenant.probe({ writeOne: before.userPrincipalName });
    expect(outcomes.map(({ belief }) => belief)).toEqual(beliefs.map(({ id }) => id));
    expect(outcomes.filter(({ belief, verdict }) => askable.includes(belief) && verdict.outcome !== "held")).toEqual(
      [],
    );
    const { whenChanged: _, ...after } = tenant.sandbox.control.mailbox(tenant.tenant.id, before.guid);
    expect(before).toMatchObject(after);
  });

  it.each(Object.entries(contraries))("says that %s does not hold where it does not", async (belief, contrary) => {
    const { behaviour, between, claims, implied = [] } = contrary;
    const tenant = aboutLargeTenants.includes(belief) ? large : small;
    tenant.isOtherwise(behaviour);
    const { outcomes } = await tenant.probe({
      writeOne: tenant.writable.userPrincipalName,
      between: between?.(),
      claims,
    });
    expect([...withOutcome(outcomes, "did not hold")].sort()).toEqual([belief, ...implied].sort());
  });
});

describe("the mailbox that the probe writes to", () => {
  /** The settings, without the time of the change. */
  const settings = (guid: string) => {
    const { auditAdmin, auditDelegate, auditOwner, defaultAuditSet, auditLogAgeLimitDays } =
      small.sandbox.control.mailbox(small.tenant.id, guid);
    return { auditAdmin, auditDelegate, auditOwner, defaultAuditSet, auditLogAgeLimitDays };
  };
  beforeEach(() => {
    small.isOtherwise(undefined);
  });

  it.each([
    ["lists of its own", { auditOwner: ["HardDelete", "MailboxLogin"], auditDelegate: ["SendAs"] }],
    ["an owner's list with nothing on it", { auditOwner: [] }],
  ])("is put back when it has %s", async (_, audit) => {
    const { guid } = small.sandbox.control.setMailboxAudit(small.tenant.id, small.writable.guid, audit);
    const before = settings(guid);
    small.isOtherwise(undefined);
    const { outcomes } = await small.probe({ writeOne: guid });
    expect(settings(guid)).toEqual(before);
    expect(withOutcome(outcomes, "did not hold")).toEqual([]);
  });

  it("is put back when the probe is stopped on the way", async () => {
    const { guid } = small.writable;
    const before = settings(guid);
    const stopping = new AbortController();
    let wasChanged = false;
    const { outcomes } = await small.probe({
      writeOne: guid,
      signal: stopping.signal,
      between: async (asked, send) => {
        const answer = await send(asked);
        wasChanged ||= JSON.stringify(settings(guid)) !== JSON.stringify(before);
        if (wasChanged) stopping.abort();
        return answer;
      },
    });
    expect(wasChanged).toBe(true);
    expect(settings(guid)).toEqual(before);
    expect(outcomes).toContainEqual({
      belief: "adding-what-is-there-is-no-error",
      verdict: { outcome: "not asked", why: "the probe was stopped" },
    });
  });

  it("is put back although an answer is lost", async () => {
    const { guid } = small.writable;
    const before = settings(guid);
    let lost = 0;
    await small.probe({
      writeOne: guid,
      between: (asked, send) => {
        const isPuttingBack = asked.body?.includes('"DefaultAuditSet":["Owner"],"Confirm"') === true;
        if (!isPuttingBack || ++lost > 1) return send(asked);
        throw new Unavailable({ operation: "asking", subject: "Exchange Online", happened: "the connection broke" });
      },
    });
    expect(lost).toBe(2);
    expect(settings(guid)).toEqual(before);
  });

  it("is told of with what to run when it can't be put back", async () => {
    const { guid } = small.writable;
    const told: string[] = [];
    await small.probe({
      writeOne: guid,
      between: contraries["default-audit-set-restores"].between?.(),
      onNotPutBack: (commands) => told.push(commands),
    });
    expect(told).toEqual(["Set-Mailbox -Identity MAILBOX -DefaultAuditSet Owner"]);
  });

  it("is not touched when it is not known what it was", async () => {
    const { guid } = small.writable;
    const sent: string[] = [];
    const { outcomes } = await small.probe({
      writeOne: guid,
      between: async (asked, send) => {
        sent.push(asked.body ?? "");
        const answer = await send(asked);
        return { ...answer, text: answer.text.replaceAll('"DefaultAuditSet":', '"Other":') };
      },
    });
    expect(sent.filter((body) => body.includes("Set-Mailbox"))).toEqual([]);
    expect(outcomes).toContainEqual({
      belief: "no-change-is-a-warning",
      verdict: { outcome: "not asked", why: "what has to be asked before was not asked" },
    });
  });
});

describe("a service that asks to be left alone", () => {
  const throttling = (seconds: string) => {
    let count = 0;
    return {
      between: async (asked: HttpRequest, send: (asked: HttpRequest) => Promise<Answer>) =>
        asked.url.includes("EXOBanner") && ++count === 1
          ? { status: 429, headers: { "retry-after": seconds }, text: "" }
          : send(asked),
    };
  };

  it("is asked again after the time that it names", async () => {
    const { outcomes } = await small.probe(throttling("30"));
    expect(withOutcome(outcomes, "held")).toContain("banner-is-there");
  });

  it("is not asked again when that is long", async () => {
    const { outcomes } = await small.probe(throttling("315"));
    expect(outcomes).toContainEqual({
      belief: "banner-is-there",
      verdict: { outcome: "not asked", why: "the service asked to wait for 315 s" },
    });
  });
});

test("reading alone sends nothing that could change something, and no more than was told", async () => {
  const sent: string[] = [];
  const { outcomes } = await small.probe({
    between: (asked, send) => {
      sent.push(asked.body ?? "");
      return send(asked);
    },
  });
  expect(sent.filter((body) => /"CmdletName":"(?!Get-)/.test(body))).toEqual([]);
  expect(sent.length).toBeLessThanOrEqual(mostRequests(false));
  const writeOnly = beliefs.filter(({ asked }) => asked === "write").map(({ id }) => id as string);
  expect(outcomes.filter(({ belief }) => writeOnly.includes(belief)).map(({ verdict }) => verdict)).toEqual(
    writeOnly.map(() => ({ outcome: "not asked", why: "it needs --write-one" })),
  );
});
