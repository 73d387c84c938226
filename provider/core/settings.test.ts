import { environmentVariable, settingsFrom } from "./settings";

test("a setting is read from the stack's configuration, else from the environment", () => {
  const settings = settingsFrom((key) => ({ "m365audit:onesecureEndpoint": "https://configured" })[key], {
    M365AUDIT_ONESECURE_ENDPOINT: "https://environment",
    M365AUDIT_ONESECURE_TOKEN: "token",
  });
  expect(settings.get("onesecureEndpoint")).toBe("https://configured");
  expect(settings.get("onesecureToken")).toBe("token");
  expect(settings.get("tenantId")).toBeUndefined();
});

test("an empty text is no setting", () => {
  expect(settingsFrom(() => "", { M365AUDIT_TENANT_ID: "t" }).get("tenantId")).toBe("t");
});

test("environment variables are named after the settings", () => {
  expect(environmentVariable("authorityHost")).toBe("M365AUDIT_AUTHORITY_HOST");
});
