import { wholeSeconds } from "../clock";
import { drive } from "../testing/driver";
import {
  openTenant,
  APPLICATION,
  CERTIFICATE,
  PASSWORD,
  GET_CLIENT_CONFIG,
  impatient,
  text,
  type TestTenant,
} from "../testing/tenant";
import { Secret, UNKNOWN, type ValueMap } from "../values";
import { azureadPlugin } from ".";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await openTenant();
});

afterAll(() => tenant.close());

describe("ApplicationCertificate", () => {
  it("keeps the application's other certificates, also when several are written at once", async () => {
    const app = await tenant.application();
    const made = await Promise.all(
      [1, 2, 3].map(() => tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(app))),
    );
    const keys = (await tenant.graph(`${app.id}?$select=keyCredentials`))["keyCredentials"] as {
      keyId: string;
      key: string;
    }[];
    expect(keys.map(({ keyId }) => keyId).sort()).toEqual(made.map(({ outputs }) => text(outputs["keyId"])).sort());
    expect(keys.map(({ key }) => Buffer.from(key, "base64").toString())).toEqual(made.map(() => tenant.certificatePem));
    const [first] = made;
    if (first === undefined) throw new Error("nothing was made");
    await tenant.azuread.remove(CERTIFICATE, first);
    expect(await tenant.azuread.refresh(CERTIFICATE, first)).toBeUndefined();
    expect(((await tenant.graph(app.id))["keyCredentials"] as unknown[]).length).toBe(2);
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("stays as it is with an end date in whole seconds, and is replaced at every preview with a fraction", async () => {
    const app = await tenant.application();
    const cut = await tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(app));
    expect((await tenant.azuread.diff(CERTIFICATE, cut, tenant.certificateInputs(app))).changes).toBe(false);
    const uncut = await tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(app, tenant.certificateEnd));
    expect(uncut.inputs["endDate"]).toBe(tenant.certificateEnd);
    expect(uncut.outputs["endDate"]).toBe(wholeSeconds(tenant.certificateEnd));
    expect(await tenant.azuread.diff(CERTIFICATE, uncut, tenant.certificateInputs(app, tenant.certificateEnd))).toEqual(
      {
        changes: true,
        replaces: ["endDate"],
        detailed: { endDate: "update-replace" },
      },
    );
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("takes DER in base64 or hexadecimal as well", async () => {
    const app = await tenant.application();
    const base64 = tenant.certificatePem.replace(/-----[A-Z ]+-----|\n/g, "");
    for (const [encoding, value] of [
      ["base64", base64],
      ["hex", Buffer.from(base64, "base64").toString("hex")],
    ] as const) {
      const made = await tenant.azuread.create(CERTIFICATE, {
        ...tenant.certificateInputs(app),
        encoding,
        value: new Secret(value),
      });
      expect(made.outputs["encoding"]).toBe(encoding);
    }
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("counts a relative end from now", async () => {
    const app = await tenant.application();
    const { endDate: _end, ...inputs } = tenant.certificateInputs(app);
    const made = await tenant.azuread.create(CERTIFICATE, { ...inputs, endDateRelative: "240h30m" });
    const ends = Date.parse(text(made.outputs["endDate"])) - Date.now();
    expect(Math.abs(ends - 240.5 * 3_600_000)).toBeLessThan(60_000);
    expect((await tenant.azuread.diff(CERTIFICATE, made, { ...inputs, endDateRelative: "240h30m" })).changes).toBe(
      false,
    );
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("is replaced, and kept secret, when the certificate is another or not known yet", async () => {
    const app = await tenant.application();
    const made = await tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(app));
    const inputs = { ...tenant.certificateInputs(app), value: new Secret(UNKNOWN) };
    expect(await tenant.azuread.diff(CERTIFICATE, made, inputs)).toMatchObject({ replaces: ["value"] });
    expect((await tenant.azuread.previewCreate(CERTIFICATE, inputs))["value"]).toEqual(new Secret(UNKNOWN));
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("fails on an application that is not there, at the property that names it", async () => {
    const nowhere = { id: "/applications/00000000-0000-4000-8000-000000000000", inputs: {}, outputs: {} };
    await expect(tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(nowhere))).rejects.toThrow(
      "applicationId: no application",
    );
    await expect(tenant.azuread.create(PASSWORD, { applicationId: nowhere.id })).rejects.toThrow(
      "applicationId: no application",
    );
  });
});

describe("ApplicationPassword", () => {
  it("gives a secret that logs in, keeps it over a refresh, and cannot be imported", async () => {
    const app = await tenant.application();
    await tenant.principalOf(app);
    const made = await tenant.azuread.create(PASSWORD, {
      applicationId: app.id,
      displayName: "1Secure",
      endDateRelative: "4320h",
    });
    const login: ValueMap = { clientId: app.outputs["clientId"] ?? null, clientSecret: made.outputs["value"] ?? null };
    const asApp = await drive(azureadPlugin(tenant.environment(), impatient), login);
    const me = await asApp.invoke(GET_CLIENT_CONFIG, {});
    expect(me["clientId"]).toBe(app.outputs["clientId"]);
    await asApp.close();
    expect(await tenant.azuread.refresh(PASSWORD, made)).toEqual(made);
    expect(await tenant.azuread.import(PASSWORD, made.id)).toBeUndefined();
    const rotated = { ...made.inputs, rotateWhenChanged: { month: "5" } };
    expect((await tenant.azuread.diff(PASSWORD, made, rotated)).replaces).toEqual(["rotateWhenChanged"]);
    await tenant.azuread.remove(PASSWORD, made);
    expect(await tenant.azuread.refresh(PASSWORD, made)).toBeUndefined();
    await tenant.azuread.remove(APPLICATION, app);
  });
});
