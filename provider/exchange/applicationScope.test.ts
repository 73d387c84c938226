import { InvalidInput, NotFound } from "../core/errors";
import type { ApplicationScopeInputs } from "./applicationScope/contract";
import { crawler, crawlerObjectId, declaredScope, group, ScopeTenant } from "./testing/applicationScopes";

const scopeName = `m365audit ${crawler}`;
const inScope = [`Application Calendars.Read (${scopeName})`, `Application Mail.Read (${scopeName})`];
const otherApp = "cccccccc-9999-4333-8444-555555555555";
const domain = declaredScope({ scope: { type: "domain", domain: "contoso.onmicrosoft.com" } });

describe("limiting an app to the mailboxes in scope", () => {
  let exchange: ScopeTenant;

  beforeEach(async () => {
    exchange = await ScopeTenant.start();
  });

  afterEach(() => exchange.stop());

  async function failure(work: Promise<unknown>): Promise<unknown> {
    return work.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("lets the app into the mailboxes of a group's members and into no others", async () => {
    const members = exchange.members.map(({ primarySmtpAddress }) => primarySmtpAddress).sort();
    await exchange.up();
    expect([...exchange.readable()].sort()).toEqual(members);
    expect([...exchange.readable(crawler, "Calendars.Read")].sort()).toEqual(members);
    expect(exchange.readable(crawler, "Mail.Send")).toEqual([]);
  });

  it("makes the service principal, the scope and the assignments, in that order", async () => {
    await exchange.up();
    expect(exchange.written()).toEqual([
      "New-ServicePrincipal",
      "New-ManagementScope",
      "New-ManagementRoleAssignment",
      "New-ManagementRoleAssignment",
    ]);
    expect(exchange.assigned()).toEqual(inScope);
    expect(exchange.access.pointer(crawler)).toMatchObject({ objectId: crawlerObjectId });
  });

  it("names a group by its distinguished name, quotation marks doubled", async () => {
    const { recipientFilter } = await exchange.up();
    expect(recipientFilter).toBe(`MemberOfGroup -eq '${group.distinguishedName.replaceAll("'", "''")}'`);
    expect(exchange.access.scope(scopeName)?.recipientFilter).toBe(recipientFilter);
  });

  it("proves it with a mailbox in scope and one out of scope", async () => {
    const { proof } = await exchange.up();
    expect(exchange.members.map(({ primarySmtpAddress }) => primarySmtpAddress)).toContain(proof.inside?.mailbox);
    expect(proof.inside?.inScope).toBe(true);
    expect(proof.outside?.inScope).toBe(false);
    expect(exchange.readable()).not.toContain(proof.outside?.mailbox);
  });

  it("has nothing to do the second time, and writes nothing", async () => {
    const state = await exchange.up();
    const refreshed = await exchange.refresh(state);
    expect(refreshed).toEqual(state);
    expect(exchange.preview(state)).toEqual([]);
    const writes = exchange.written().length;
    await exchange.up(declaredScope(), state);
    expect(exchange.written()).toHaveLength(writes);
  });

  it.each<[string, ApplicationScopeInputs["scope"], number]>([
    ["everything", { type: "everything" }, 60],
    ["a domain", { type: "domain", domain: "contoso.onmicrosoft.com" }, 60],
    ["another domain", { type: "domain", domain: "fabrikam.com" }, 0],
  ])("takes %s for a scope", async (_name, scope, count) => {
    await exchange.up(declaredScope({ scope }));
    expect(exchange.readable()).toHaveLength(count);
  });

  it("takes one mailbox for a scope", async () => {
    const address = exchange.members[0]?.primarySmtpAddress ?? "";
    const { proof } = await exchange.up(declaredScope({ scope: { type: "userEmail", email: address } }));
    expect(exchange.readable()).toEqual([address]);
    expect(proof.inside).toEqual({ mailbox: address, inScope: true });
  });

  it("takes an administrative unit for a scope, without a management scope", async () => {
    const [member] = exchange.members;
    const unit = "99999999-2222-4333-8444-000000000000";
    exchange.access.setDirectory({
      unitHas: (id, objectId) => id === unit && objectId === member?.externalDirectoryObjectId,
    });
    const scope = { type: "administrativeUnit", unitId: unit } as const;
    const state = await exchange.up(declaredScope({ scope }));
    expect(exchange.readable()).toEqual([member?.primarySmtpAddress]);
    expect(exchange.access.scopes.size).toBe(0);
    expect(await exchange.refresh(state)).toEqual(state);
  });

  it("refuses an address that is not a mailbox's primary one, since a filter by it would match nothing", async () => {
    const email = "nobody@contoso.onmicrosoft.com";
    const error = await failure(exchange.up(declaredScope({ scope: { type: "userEmail", email } })));
    expect(error).toBeInstanceOf(InvalidInput);
    expect((error as InvalidInput).message).toContain("scope.email");
    expect(exchange.written()).toEqual([]);
  });

  it("refuses a group that Exchange does not know, before anything is written", async () => {
    const scope = { type: "groupEmail", email: "nobody@contoso.onmicrosoft.com" } as const;
    const error = await failure(exchange.up(declaredScope({ scope })));
    expect(error).toBeInstanceOf(NotFound);
    expect((error as NotFound).property).toBe("scope.email");
    expect(exchange.written()).toEqual([]);
  });

  it("takes nothing away that belongs to a newer service principal of the app", async () => {
    const state = await exchange.up();
    const [pointer] = exchange.access.pointers.values();
    if (pointer === undefined) throw new Error("no pointer");
    const objectId = "99999999-2222-4333-8444-555555555555";
    exchange.access.pointers.set(pointer.appId.toLowerCase(), { ...pointer, objectId });
    const writes = exchange.written().length;
    await exchange.destroy(state);
    expect(exchange.written().slice(writes)).toEqual([]);
    expect(exchange.assigned()).toEqual(inScope);
  });

  describe("drift", () => {
    it("shows another filter, and sets it in place", async () => {
      const state = await exchange.up();
      const before = exchange.access.scope(scopeName);
      if (before === undefined) throw new Error("no scope");
      exchange.access.scopes.set(scopeName, { ...before, recipientFilter: "Alias -like '*'" });
      const drifted = await exchange.refresh(state);
      expect(drifted).toMatchObject({ otherFilter: "Alias -like '*'" });
      expect(exchange.preview(drifted ?? state)).toEqual(["otherFilter"]);
      const writes = exchange.written().length;
      await exchange.up(declaredScope(), drifted);
      expect(exchange.written().slice(writes)).toEqual(["Set-ManagementScope"]);
      expect(exchange.readable()).toHaveLength(2);
    });

    it("does not take the same filter for another because Exchange writes it otherwise", async () => {
      const state = await exchange.up(domain);
      const before = exchange.access.scope(scopeName);
      if (before === undefined) throw new Error("no scope");
      const recipientFilter = "((primarysmtpaddress  -LIKE '*@contoso.onmicrosoft.com'))";
      exchange.access.scopes.set(scopeName, { ...before, recipientFilter });
      expect(exchange.preview((await exchange.refresh(state)) ?? state, domain)).toEqual([]);
    });

    it("shows an assignment that is gone, and makes it again", async () => {
      const state = await exchange.up();
      const [name] = [...exchange.access.assignments.keys()];
      exchange.access.assignments.delete(name ?? "");
      const drifted = await exchange.refresh(state);
      expect(drifted).toMatchObject({ missing: ["Application Mail.Read"] });
      expect(exchange.preview(drifted ?? state)).toEqual(["missing"]);
      await exchange.up(declaredScope(), drifted);
      expect(exchange.assigned()).toEqual(inScope);
    });

    it("shows that the service principal's pointer is gone, and makes everything anew", async () => {
      const state = await exchange.up();
      exchange.access.assignments.clear();
      exchange.access.pointers.clear();
      const drifted = await exchange.refresh(state);
      expect(drifted?.missing).toEqual(["service principal", "Application Mail.Read", "Application Calendars.Read"]);
      await exchange.up(declaredScope(), drifted);
      expect(exchange.assigned()).toEqual(inScope);
    });

    it("is gone when nothing is left", async () => {
      const state = await exchange.up();
      exchange.access.assignments.clear();
      exchange.access.pointers.clear();
      exchange.access.scopes.clear();
      expect(await exchange.refresh(state)).toBeUndefined();
    });

    it("shows what the app was assigned beyond the declaration, and takes it away", async () => {
      const state = await exchange.up();
      await exchange.up({
        ...declaredScope({ scopeName: "by hand" }),
        scope: { type: "everything" },
        excess: "report",
      });
      expect(exchange.readable()).toHaveLength(60);
      const drifted = await exchange.refresh(state);
      expect(drifted?.beyondScope).toEqual({
        count: 2,
        sample: ["Application Mail.Read (every mailbox)", "Application Calendars.Read (every mailbox)"],
      });
      expect(drifted?.excessive.count).toBe(2);
      const after = await exchange.up(declaredScope(), drifted);
      expect(exchange.readable()).toHaveLength(2);
      expect(after.excessive).toEqual({ count: 0, sample: [] });
      expect(exchange.preview(after)).toEqual([]);
    });

    it("only lists it where that is declared, and then does not claim that the limit holds", async () => {
      const report = declaredScope({ excess: "report" });
      await exchange.up(declaredScope());
      exchange.access.assignments.set("by hand", {
        ...{ guid: "1", name: "by hand", role: "Application Mail.Send", appId: crawler, scope: undefined },
      });
      const state = await exchange.up(report);
      expect(state.excessive).toEqual({ count: 1, sample: ["Application Mail.Send (every mailbox)"] });
      expect(state.beyondScope).toBeUndefined();
      expect(state.proof.outside).toBeUndefined();
      expect(exchange.access.assignments.has("by hand")).toBe(true);
      expect(exchange.preview(state, report)).toEqual([]);
    });

    it("leaves other apps' assignments alone", async () => {
      await exchange.up({ ...domain, clientId: otherApp, servicePrincipalObjectId: otherApp });
      await exchange.up();
      expect(exchange.assigned(otherApp)).toHaveLength(2);
    });

    it("says in a preview that the identity may not read it", async () => {
      const state = await exchange.up();
      exchange.tenant.grants.deployer.wids = [];
      const drifted = await exchange.refresh(state);
      expect(drifted?.unreadable).toContain("Organization Management");
      expect(drifted?.proof).toEqual(state.proof);
      expect(exchange.preview(drifted ?? state)).toEqual(["unreadable"]);
    });
  });

  describe("changes of the declaration", () => {
    it("takes nothing away before what replaces it is there", async () => {
      const everything = declaredScope({ scope: { type: "everything" } });
      const state = await exchange.up(everything);
      const writes = exchange.written().length;
      const after = await exchange.up(declaredScope(), state);
      expect(exchange.written().slice(writes)).toEqual([
        "New-ManagementScope",
        "New-ManagementRoleAssignment",
        "New-ManagementRoleAssignment",
        "Remove-ManagementRoleAssignment",
        "Remove-ManagementRoleAssignment",
      ]);
      expect(exchange.assigned()).toEqual(inScope);
      expect(after.madeScope).toBe(scopeName);
    });

    it("removes the management scope when it is no longer used", async () => {
      const state = await exchange.up();
      const everything = declaredScope({ scope: { type: "everything" } });
      const after = await exchange.up(everything, state);
      expect(exchange.access.scopes.size).toBe(0);
      expect(after.madeScope).toBeUndefined();
      expect(exchange.preview(after, everything)).toEqual([]);
    });

    it("moves to a scope of another name, although Exchange refuses two with the same filter", async () => {
      const renamed = declaredScope({ scopeName: "Crawler" });
      const after = await exchange.up(renamed, await exchange.up());
      expect([...exchange.access.scopes.keys()]).toEqual(["crawler"]);
      expect(exchange.readable()).toHaveLength(2);
      expect(exchange.preview((await exchange.refresh(after)) ?? after, renamed)).toEqual([]);
    });

    it("changes another kind of filter in place", async () => {
      const state = await exchange.up();
      const writes = exchange.written().length;
      await exchange.up(domain, state);
      expect(exchange.written().slice(writes)).toEqual(["Set-ManagementScope"]);
    });

    it("adds and removes roles", async () => {
      const state = await exchange.up();
      await exchange.up(declaredScope({ roles: ["Application Mail.Read", "Application Contacts.Read"] }), state);
      expect(exchange.assigned()).toEqual([
        `Application Contacts.Read (${scopeName})`,
        `Application Mail.Read (${scopeName})`,
      ]);
    });

    it("renames the pointer when a name is declared", async () => {
      const named = declaredScope({ displayName: "Crawler" });
      const state = await exchange.up();
      const after = await exchange.up(named, state);
      expect(exchange.access.pointer(crawler)?.displayName).toBe("Crawler");
      expect(exchange.preview(after, named)).toEqual([]);
    });

    it("puts a service principal that was made anew in the place of the former one", async () => {
      const state = await exchange.up();
      const objectId = "dddddddd-9999-4333-8444-555555555555";
      const desired = declaredScope({ servicePrincipalObjectId: objectId });
      await exchange.up(desired);
      expect(exchange.access.pointer(crawler)?.objectId).toBe(objectId);
      expect(exchange.assigned()).toEqual(inScope);
      expect(exchange.kind.plan(desired, { id: "scope", state }).changes).toContainEqual(
        expect.objectContaining({ path: "servicePrincipalObjectId", replaces: true }),
      );
    });

    it("sees no change in the order of roles, the letter case of ids, or a default written out", async () => {
      const state = await exchange.up();
      const same = declaredScope({
        clientId: crawler.toUpperCase(),
        roles: ["Application Calendars.Read", "Application Mail.Read"],
        scope: { type: "groupEmail", domain: "contoso.onmicrosoft.com", email: group.primarySmtpAddress },
        scopeName,
        excess: "remove",
      });
      expect(exchange.preview(state, same)).toEqual([]);
    });
  });

  describe("what is there already", () => {
    it("is taken over, and stays when the resource is deleted", async () => {
      exchange.access.pointers.set(crawler, { appId: crawler, objectId: crawlerObjectId, displayName: "By hand" });
      exchange.access.scopes.set(scopeName, { guid: "1", name: scopeName, recipientFilter: "Alias -eq 'x'" });
      const state = await exchange.up();
      expect(exchange.written()).not.toContain("New-ServicePrincipal");
      expect(exchange.written()).not.toContain("New-ManagementScope");
      expect(state).toMatchObject({ madeServicePrincipal: false });
      expect(exchange.access.pointer(crawler)?.displayName).toBe("By hand");
      await exchange.destroy(state);
      expect(exchange.assigned()).toEqual([]);
      expect(exchange.access.pointers.size).toBe(1);
      expect(exchange.access.scopes.size).toBe(1);
    });

    it("is no reason for a second scope to fail that has the filter of another app's", async () => {
      await exchange.up({ ...domain, clientId: otherApp, servicePrincipalObjectId: otherApp });
      const state = await exchange.up(domain);
      expect(exchange.access.scopes.size).toBe(2);
      expect(exchange.readable()).toHaveLength(60);
      expect(exchange.preview((await exchange.refresh(state)) ?? state, domain)).toEqual([]);
    });
  });

  describe("deleting", () => {
    it("takes away assignments, scope and pointer, in that order, and can be done twice", async () => {
      const state = await exchange.up();
      const writes = exchange.written().length;
      await exchange.destroy(state);
      expect(exchange.written().slice(writes)).toEqual([
        "Remove-ManagementRoleAssignment",
        "Remove-ManagementRoleAssignment",
        "Remove-ManagementScope",
        "Remove-ServicePrincipal",
      ]);
      expect([exchange.access.pointers.size, exchange.access.scopes.size]).toEqual([0, 0]);
      await expect(exchange.destroy(state)).resolves.toBeUndefined();
    });

    it("leaves what someone else's assignment needs", async () => {
      const state = await exchange.up();
      exchange.access.assignments.set("by hand", {
        ...{ guid: "1", name: "by hand", role: "Application Mail.Send", appId: crawler, scope: scopeName },
      });
      await exchange.destroy(state);
      expect([...exchange.access.assignments.keys()]).toEqual(["by hand"]);
      expect([exchange.access.pointers.size, exchange.access.scopes.size]).toEqual([1, 1]);
      expect(exchange.tenant.reported.join("\n")).toContain("stays");
    });
  });
});
