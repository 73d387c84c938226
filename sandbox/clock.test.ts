import { instant, movableClock } from "./clock";
import { startSandbox, type Sandbox, type TenantInfo } from "./index";
import { deployerOf, newApp } from "./testing/apps";
import { connectTo, clientAssertion, selfSigned, type Wire } from "./testing/wire";

const hour = 3600_000;
const day = 24 * hour;

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("a movable clock", () => {
  it("shows the other one's time until it is moved, and runs on from there", () => {
    let base = 1_000;
    const clock = movableClock({ now: () => base });
    expect(clock.now()).toBe(1_000);
    clock.travelTo(50_000);
    base += 7;
    expect(clock.now()).toBe(50_007);
    clock.travelTo(20);
    expect(clock.now()).toBe(20);
  });

  it("takes a date or a text, and no nonsense", () => {
    expect(instant("2027-05-01T00:00:00Z")).toBe(Date.UTC(2027, 4, 1));
    expect(instant(new Date(5))).toBe(5);
    expect(() => instant("tomorrow")).toThrow("'tomorrow' is no date and time");
  });
});

describe("time in a sandbox", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  const present = Date.UTC(2026, 2, 1);
  const later = (milliseconds: number): void => {
    sandbox.control.travelTo(new Date(present + milliseconds));
  };
  beforeAll(async () => {
    sandbox = await startSandbox({ clock: { now: () => present }, wallClock: { now: () => Date.now() } });
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
  });
  beforeEach(() => {
    later(0);
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  it("is read and set over the control API", async () => {
    expect((await wire.json("GET", "/_sandbox/clock")).body).toEqual({ now: "2026-03-01T00:00:00.000Z" });
    const set = await wire.json("PUT", "/_sandbox/clock", { now: "2028-02-29T12:00:00Z" });
    expect(set.body).toEqual({ now: "2028-02-29T12:00:00.000Z" });
    expect(sandbox.control.now()).toEqual(new Date(Date.UTC(2028, 1, 29, 12)));
    expect((await wire.json("PUT", "/_sandbox/clock", { now: "soon" })).status).toBe(400);
  });

  it("makes a token of before the journey an expired one after it, for Graph and for Exchange", async () => {
    const token = await wire.deployerToken(contoso);
    const forExchange = await wire.deployerToken(contoso, "https://outlook.office365.com/.default");
    const mailboxes = `/adminapi/beta/${contoso.id}/Mailbox`;
    expect((await wire.json("GET", "/v1.0/applications", undefined, token)).status).toBe(200);
    expect((await wire.json("GET", mailboxes, undefined, forExchange)).status).toBe(200);
    later(2 * hour);
    const answer = await wire.json("GET", "/v1.0/applications", undefined, token);
    expect([answer.status, answer.body.error.code]).toEqual([401, "InvalidAuthenticationToken"]);
    expect((await wire.json("GET", mailboxes, undefined, forExchange)).status).toBe(401);
    const fresh = await wire.deployerToken(contoso);
    expect((await wire.json("GET", "/v1.0/applications", undefined, fresh)).status).toBe(200);
  });

  it("ends client secrets, while a client's assertion is dated by its own clock and a certificate's end by the sandbox's", async () => {
    const app = await newApp(wire, contoso);
    const deploy = await deployerOf(wire, contoso);
    const certificate = await selfSigned(new Date(present - hour), new Date(present + 400 * day));
    const key = Buffer.from(certificate.certificatePem).toString("base64");
    const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key }];
    expect((await deploy("PATCH", `/applications/${app.applicationId}`, { keyCredentials })).status).toBe(204);
    const byCertificate = async () =>
      wire.token(contoso.id, {
        grant_type: "client_credentials",
        client_id: app.clientId,
        scope: "https://graph.microsoft.com/.default",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await clientAssertion({
          clientId: app.clientId,
          certificate,
          audience: `${sandbox.origin}/${contoso.id}/oauth2/v2.0/token`,
        }),
      });
    later(399 * day);
    expect([(await app.ask()).status, (await byCertificate()).status]).toEqual([200, 200]);
    later(401 * day);
    expect([(await app.ask()).status, (await byCertificate()).body.error_codes]).toEqual([200, [700027]]);
    later(3 * 365 * day);
    expect((await app.ask()).body.error_codes).toEqual([7000222]);
  });

  it("is what changed mailboxes and the dates of Exchange's answers say", async () => {
    later(100 * day);
    const changed = sandbox.control.setMailboxAudit(contoso.id, sandbox.control.mailboxes(contoso.id)[0]?.guid ?? "", {
      auditDelegate: ["SendAs"],
    });
    expect(changed.whenChanged).toBe(present + 100 * day);
    const token = await wire.deployerToken(contoso, "https://outlook.office365.com/.default");
    const answer = await wire.json("GET", `/adminapi/beta/${contoso.id}/Mailbox`, undefined, token);
    expect(answer.headers["date"]).toBe(new Date(present + 100 * day).toUTCString());
  });
});
