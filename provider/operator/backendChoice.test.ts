import { settingsFrom } from "../core";
import { chosenBackend } from "./backendChoice";
import { nowprivacy, onesecure } from "./products";

const settings = (values: Readonly<Record<string, string>>) => settingsFrom((key) => values[key], {});

test("with nothing set, a person: no vendor offers anything else", () => {
  expect(chosenBackend(settings({}), onesecure)).toBe("operator");
  expect(chosenBackend(settings({}), nowprivacy)).toBe("operator");
});

test("a gateway that is named is used", () => {
  expect(chosenBackend(settings({ "m365audit:onesecureEndpoint": "https://gateway.example" }), onesecure)).toBe("http");
});

test("what is set goes before a gateway that is named", () => {
  const both = {
    "m365audit:nowprivacyEndpoint": "https://gateway.example",
    "m365audit:nowprivacyBackend": "operator",
  };
  expect(chosenBackend(settings(both), nowprivacy)).toBe("operator");
});

test("each product has its own ways", () => {
  expect(chosenBackend(settings({ "m365audit:nowprivacyBackend": "bulkFile" }), nowprivacy)).toBe("bulkFile");
  expect(() => chosenBackend(settings({ "m365audit:onesecureBackend": "bulkFile" }), onesecure)).toThrow(
    'm365audit:onesecureBackend: "bulkFile" was given; allowed: "operator", "http"',
  );
});
