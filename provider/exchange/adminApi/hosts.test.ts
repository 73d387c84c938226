import { isSameSite, redirectTarget } from "./hosts";

const endpoint = new URL("https://outlook.office365.com");

test.each([
  ["https://outlook.office365.com/adminapi", true],
  ["https://eurprd04.outlook.office365.com/adminapi", true],
  ["https://substrate.office365.com/adminapi", true],
  ["http://outlook.office365.com/adminapi", false],
  ["https://outlook.office365.com.example.com/", false],
  ["https://evil-office365.com/", false],
  ["https://outlook.office365.us/", false],
  ["https://user:word@outlook.office365.com/", false],
  ["https://outlook.office365.com:8443/", false],
])("%s may have the token: %s", (url, expected) => {
  expect(isSameSite(endpoint, new URL(url))).toBe(expected);
});

test("a gateway's own domain is trusted no further than its host", () => {
  const gateway = new URL("https://exchange.example.co.uk");
  expect(isSameSite(gateway, new URL("https://other.example.co.uk"))).toBe(false);
  expect(isSameSite(gateway, new URL("https://a.exchange.example.co.uk"))).toBe(true);
});

test("each cloud of Microsoft's is a site of its own", () => {
  const dod = new URL("https://outlook-dod.office365.us");
  expect(isSameSite(dod, new URL("https://xyz.outlook-dod.office365.us/adminapi"))).toBe(true);
  expect(isSameSite(dod, new URL("https://outlook.office365.com/adminapi"))).toBe(false);
  expect(isSameSite(new URL("https://outlook.office365.cn"), new URL("https://outlook.office365.us"))).toBe(false);
});

test("on loopback the port is part of the host", () => {
  const sandbox = new URL("https://localhost:8443");
  expect(isSameSite(sandbox, new URL("https://localhost:8443/x"))).toBe(true);
  expect(isSameSite(sandbox, new URL("https://localhost:9443/x"))).toBe(false);
});

test("a redirect to a port that is closed to the outside goes to the same host's usual one", () => {
  const target = redirectTarget(endpoint, endpoint.href, "https://eurprd04.outlook.office365.com:446/adminapi/beta");
  expect(target?.href).toBe("https://eurprd04.outlook.office365.com/adminapi/beta");
  expect(redirectTarget(endpoint, endpoint.href, "/adminapi/v1.0")?.href).toBe(
    "https://outlook.office365.com/adminapi/v1.0",
  );
  expect(redirectTarget(endpoint, endpoint.href, undefined)).toBeUndefined();
  expect(redirectTarget(endpoint, endpoint.href, "https://example.com/")).toBeUndefined();
});
