import { serviceAddresses } from "./address";

const at = (address: string) => serviceAddresses({ get: () => address }, "graphEndpoint").graphEndpoint;

test.each([
  "https://graph.microsoft.com",
  "http://localhost:8080/path",
  "http://127.0.0.1:8080",
  "http://127.1.2.3",
  "http://[::1]:8080",
  "http://sandbox.localhost",
])("a service may be at %s", (address) => {
  expect(at(address)).toBe(address);
});

test.each([
  "http://graph.microsoft.com",
  "http://10.0.0.1",
  "http://localhost.contoso.com",
  "http://127.0.0.1.contoso.com",
  "http://0.0.0.0",
  "ftp://localhost",
  "graph.microsoft.com",
])("a service may not be at %s: the error names the setting", (address) => {
  expect(() => at(address)).toThrow(
    `m365audit:graphEndpoint: ${JSON.stringify(address)} was given; allowed: an https URL (http only on this machine)`,
  );
});

test("all addresses that cannot be used are told at once, and what is not set is left out", () => {
  const settings = { get: (name: string) => (name === "graphEndpoint" ? undefined : "http://contoso.com") };
  const read = () => serviceAddresses(settings, "graphEndpoint", "exchangeEndpoint", "authorityHost");
  expect(read).toThrow(/2 problems:[^]*m365audit:exchangeEndpoint[^]*m365audit:authorityHost/);
  expect(serviceAddresses({ get: () => undefined }, "graphEndpoint")).toEqual({});
});
