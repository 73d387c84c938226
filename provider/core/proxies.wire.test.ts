import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttp } from "./http";
import { type Proxy, startProxy } from "./testing/proxy";

let service: Server;
let port: number;
let proxy: Proxy;
beforeAll(async () => {
  service = createServer((_request, response) => response.end("served")).listen(0, "127.0.0.1");
  await once(service, "listening");
  ({ port } = service.address() as AddressInfo);
});
beforeEach(async () => (proxy = await startProxy({ "service.invalid:80": port })));
afterEach(() => proxy.close());
afterAll(() => {
  service.closeAllConnections();
  service.close();
});

/** What comes of asking there in this environment. */
async function asking(url: string, environment: Readonly<Record<string, string>>): Promise<unknown> {
  const http = await createHttp({ environment });
  try {
    return (await http.send({ method: "GET", url, operation: "reading", subject: "it" })).text;
  } catch (error) {
    return error;
  } finally {
    await http.close();
  }
}
const targets = (): string[] => proxy.asked.map(({ target }) => target);

test.each(["HTTP_PROXY", "http_proxy"])("a service that only the proxy of %s can find is reached", async (name) => {
  expect(await asking("http://service.invalid/", { [name]: proxy.address })).toBe("served");
  expect(targets()).toEqual(["service.invalid:80"]);
});

test("without a proxy it cannot be found", async () => {
  expect(await asking("http://service.invalid/", {})).toMatchObject({ tag: "Unavailable", mayHaveHappened: false });
  expect(targets()).toEqual([]);
});

test("the variable in lower case goes first", async () => {
  const environment = { HTTP_PROXY: "http://127.0.0.1:9", http_proxy: proxy.address };
  expect(await asking("http://service.invalid/", environment)).toBe("served");
});

test("an address without a scheme is one of http", async () => {
  expect(await asking("http://service.invalid/", { HTTP_PROXY: proxy.address.slice("http://".length) })).toBe("served");
});

test("who asks is told to the proxy when its address says so", async () => {
  await asking("http://service.invalid/", { HTTP_PROXY: proxy.address.replace("//", "//ada:pass%20word@") });
  expect(proxy.asked[0]?.headers["proxy-authorization"]).toBe(`Basic ${btoa("ada:pass word")}`);
});

test.each(["service.invalid", ".invalid", "other.example,service.invalid", "*"])(
  "a host of NO_PROXY (%s) is asked without the proxy",
  async (excepted) => {
    const environment = { HTTP_PROXY: proxy.address, NO_PROXY: excepted };
    expect(await asking("http://service.invalid/", environment)).toMatchObject({ tag: "Unavailable" });
    expect(targets()).toEqual([]);
  },
);

test.each(["127.0.0.1", "localhost"])("this machine (%s) is never asked through a proxy", async (host) => {
  const environment = { HTTP_PROXY: proxy.address, HTTPS_PROXY: proxy.address };
  expect(await asking(`http://${host}:${String(port)}/`, environment)).toBe("served");
  expect(targets()).toEqual([]);
});

test("what the proxy does not let through was never sent", async () => {
  expect(await asking("http://elsewhere.invalid/", { HTTP_PROXY: proxy.address })).toMatchObject({
    tag: "Unavailable",
    mayHaveHappened: false,
    message: expect.stringContaining("502"),
  });
});

test("proxies without an address that can be used are refused, all at once and without repeating them", async () => {
  const environment = { HTTP_PROXY: "ftp://ada:hunter2@proxy", HTTPS_PROXY: "http://:hunter2@" };
  await expect(createHttp({ environment })).rejects.toMatchObject({
    tag: "InvalidInput",
    problems: [expect.objectContaining({ path: "HTTP_PROXY" }), expect.objectContaining({ path: "HTTPS_PROXY" })],
    message: expect.not.stringContaining("hunter2"),
  });
});
