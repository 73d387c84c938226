import { exchangeOnline } from "../entra/wellKnown";
import { environmentHosts, environments, isEnvironment } from "./environments";

test.each([
  ["public", "https://outlook.office365.com", "https://login.microsoftonline.com"],
  ["usGovernment", "https://outlook.office365.us", "https://login.microsoftonline.us"],
  ["usGovernmentDod", "https://outlook-dod.office365.us", "https://login.microsoftonline.us"],
  ["china", "https://outlook.office365.cn", "https://login.partner.microsoftonline.cn"],
] as const)(
  "%s has its own hosts, and tokens are asked for its Exchange Online",
  (environment, exchange, authority) => {
    expect(environmentHosts[environment]).toEqual({
      exchangeEndpoint: exchange,
      scope: `${exchange}/.default`,
      authorityHost: authority,
    });
  },
);

test("each scope is of a resource that Exchange Online answers to", () => {
  const resources: readonly string[] = exchangeOnline.resources;
  for (const environment of environments) {
    expect(resources).toContain(environmentHosts[environment].scope.replace("/.default", ""));
  }
});

test("a text that names no cloud is told apart", () => {
  expect(isEnvironment("usGovernmentDod")).toBe(true);
  expect(isEnvironment("germany")).toBe(false);
});
