import { AccessRefused, PartiallyApplied, Rejected } from "../core/errors";
import { crawler, declaredScope, ScopeTenant } from "./testing/applicationScopes";

const scopeName = `m365audit ${crawler}`;
const inScope = [`Application Calendars.Read (${scopeName})`, `Application Mail.Read (${scopeName})`];

describe("limiting an app when Exchange refuses", () => {
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

  it("says which role it takes", async () => {
    exchange.tenant.grants.deployer.wids = ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"];
    const error = await failure(exchange.up());
    expect(error).toBeInstanceOf(AccessRefused);
    expect((error as AccessRefused).message).toContain("Organization Management");
    expect(exchange.access.pointers.size).toBe(0);
  });

  it("waits until Exchange has heard of a service principal that was only just made", async () => {
    let tries = 0;
    exchange.access.setDirectory({ knowsServicePrincipal: () => ++tries > 4 });
    await exchange.up();
    expect(tries).toBeGreaterThan(4);
    expect(exchange.tenant.reported.join("\n")).toContain("has not heard of it yet");
  });

  it("goes on from where it broke off", async () => {
    exchange.tenant.hooks.before = (operation) =>
      Promise.resolve(
        operation.cmdlet === "New-ManagementRoleAssignment"
          ? { status: 400, body: { error: { code: "BadRequest", message: "no" } } }
          : undefined,
      );
    const error = await failure(exchange.up());
    if (!(error instanceof PartiallyApplied)) throw new Error(`not applied in part: ${String(error)}`);
    expect(error.state).toMatchObject({
      madeServicePrincipal: true,
      madeScope: scopeName,
      missing: ["Application Mail.Read", "Application Calendars.Read"],
    });
    delete exchange.tenant.hooks.before;
    const state = await exchange.up(declaredScope(), error.state as never);
    expect(state).toMatchObject({ madeServicePrincipal: true, madeScope: scopeName });
    expect(state.missing).toBeUndefined();
  });

  it("does not take an assignment for failed of which only the answer was lost", async () => {
    let lost = 0;
    exchange.tenant.hooks.after = ({ cmdlet }) =>
      Promise.resolve(cmdlet?.startsWith("New-") === true && lost++ % 2 === 0 ? { status: 503, body: "" } : undefined);
    await exchange.up();
    expect(exchange.assigned()).toEqual(inScope);
  });

  it("is not content when Exchange does not confirm the limit", async () => {
    exchange.tenant.hooks.after = ({ cmdlet }) =>
      Promise.resolve(
        cmdlet === "Test-ServicePrincipalAuthorization"
          ? { status: 200, body: { value: [{ RoleName: "Application Mail.Read", InScope: "True" }] } }
          : undefined,
      );
    const error = await failure(exchange.up());
    expect(error).toBeInstanceOf(PartiallyApplied);
    expect((error as PartiallyApplied).message).toContain("Calendars.Read");
    expect((error as PartiallyApplied).state).toMatchObject({ madeScope: scopeName, proof: {} });
  });

  it("is not content when Exchange grants something in a mailbox out of scope", async () => {
    const granted = ["Application Mail.Read", "Application Calendars.Read"];
    exchange.tenant.hooks.after = ({ cmdlet }) =>
      Promise.resolve(
        cmdlet === "Test-ServicePrincipalAuthorization"
          ? { status: 200, body: { value: granted.map((RoleName) => ({ RoleName, InScope: true })) } }
          : undefined,
      );
    const error = await failure(exchange.up());
    expect(error).toBeInstanceOf(PartiallyApplied);
    expect((error as PartiallyApplied).message).toContain("is not in scope, but Exchange grants");
  });

  it("never takes another app's assignment for this app's, whatever Exchange lists", async () => {
    const state = await exchange.up();
    const theirs = { Name: "theirs", Role: "Application Mail.Send", RoleAssigneeName: "another-app" };
    const ours = state.roles.map((Role) => ({
      ...{ Name: Role, Role, RoleAssigneeName: crawler, CustomResourceScope: scopeName },
    }));
    exchange.tenant.hooks.before = ({ cmdlet }) =>
      Promise.resolve(
        cmdlet === "Get-ManagementRoleAssignment" ? { status: 200, body: { value: [...ours, theirs] } } : undefined,
      );
    expect(await exchange.refresh(state)).toEqual(state);
  });
});

describe("limiting an app in an organization that was never customized", () => {
  it("says what to do first", async () => {
    const exchange = await ScopeTenant.start({ dehydrated: true });
    try {
      const error: unknown = await exchange.up().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PartiallyApplied);
      expect((error as PartiallyApplied).facts.cause).toBeInstanceOf(Rejected);
      expect((error as PartiallyApplied).message).toContain("Enable-OrganizationCustomization");
    } finally {
      await exchange.stop();
    }
  });
});
