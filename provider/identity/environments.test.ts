import { InvalidInput } from "../core/errors";
import { exchangeOnline, microsoftGraph } from "../entra/wellKnown";
import { environmentHosts, environments, hostsFor, isEnvironment } from "./environments";

test.each([
  ["public", "https://outlook.office365.com", "https://graph.microsoft.com", "https://login.microsoftonline.com"],
  ["usGovernment", "https://outlook.office365.us", "https://graph.microsoft.us", "https://login.microsoftonline.us"],
  [
    "usGovernmentDod",
    "https://outlook-dod.office365.us",
    "https://dod-graph.microsoft.us",
    "https://login.microsoftonline.us",
  ],
  [
    "china",
    "https://outlook.office365.cn",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://login.partner.microsoftonline.cn",
  ],
] as const)(
  "%s has its own hosts, and tokens are asked for its own services",
  (environment, exchange, graph, authority) => {
    expect(environmentHosts[environment]).toEqual({
      exchangeEndpoint: exchange,
      exchangeScope: `${exchange}/.default`,
      graphEndpoint: graph,
      graphScope: `${graph}/.default`,
      authorityHost: authority,
    });
  },
);

test("each scope is of a resource that its service answers to", () => {
  const [exchange, graph]: (readonly string[])[] = [exchangeOnline.resources, microsoftGraph.resources];
  for (const environment of environments) {
    expect(exchange).toContain(environmentHosts[environment].exchangeScope.replace("/.default", ""));
    expect(graph).toContain(environmentHosts[environment].graphScope.replace("/.default", ""));
  }
});

test("a text that names no cloud is told apart", () => {
  expect(isEnvironment("usGovernmentDod")).toBe(true);
  expect(isEnvironment("germany")).toBe(false);
});

const settings = (values: Readonly<Record<string, string>>) => ({ get: (name: string) => values[name] });

test("a tenant is in the public cloud unless something says otherwise", () => {
  expect(hostsFor(settings({}), undefined).exchangeEndpoint).toBe("https://outlook.office365.com");
});

test("the declared cloud goes before the stack's", () => {
  const stack = settings({ environment: "china" });
  expect(hostsFor(stack, undefined).authorityHost).toBe("https://login.partner.microsoftonline.cn");
  expect(hostsFor(stack, "usGovernmentDod")).toEqual({
    exchangeEndpoint: "https://outlook-dod.office365.us",
    exchangeScope: "https://outlook-dod.office365.us/.default",
    graphEndpoint: "https://dod-graph.microsoft.us",
    graphScope: "https://dod-graph.microsoft.us/.default",
    authorityHost: "https://login.microsoftonline.us",
  });
});

test("hosts that the stack names take the place of the cloud's, but the token stays one for the cloud", () => {
  const sandbox = settings({
    exchangeEndpoint: "https://localhost:8443",
    graphEndpoint: "https://localhost:8444",
    authorityHost: "https://localhost:9443",
  });
  expect(hostsFor(sandbox, "usGovernment")).toEqual({
    exchangeEndpoint: "https://localhost:8443",
    exchangeScope: "https://outlook.office365.us/.default",
    graphEndpoint: "https://localhost:8444",
    graphScope: "https://graph.microsoft.us/.default",
    authorityHost: "https://localhost:9443",
  });
});

test("a cloud that there is not is refused with those that there are", () => {
  expect(() => hostsFor(settings({ environment: "germany" }), undefined)).toThrow(InvalidInput);
  expect(() => hostsFor(settings({ environment: "germany" }), undefined)).toThrow(
    /m365audit:environment: "germany" was given; allowed: public, usGovernment, usGovernmentDod, china/,
  );
});

test("no service is reached unencrypted, unless on this machine: each setting at fault is named", () => {
  const plain = { exchangeEndpoint: "http://proxy.contoso.com", authorityHost: "http://127.0.0.1:8080" };
  expect(() => hostsFor(settings({ ...plain, graphEndpoint: "http://graph.microsoft.com" }), undefined)).toThrow(
    /2 problems:[^]*m365audit:exchangeEndpoint: "http:\/\/proxy.contoso.com" was given; allowed: an https URL[^]*m365audit:graphEndpoint/,
  );
  expect(hostsFor(settings({ authorityHost: plain.authorityHost }), undefined)).toMatchObject({
    authorityHost: plain.authorityHost,
  });
});
