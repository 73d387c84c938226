/** An HTTP proxy for tests that alone knows where some names are: it opens tunnels (`CONNECT`), and notes what it was asked for. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";

export interface Proxy {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  /** What tunnels were asked for: host and port, and with what headers. */
  readonly asked: { readonly target: string; readonly headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

/** @param places the port of this machine that a host and port (`graph.invalid:443`) is at; all others are refused with 502 */
export async function startProxy(places: Readonly<Record<string, number>>): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  const open = new Set<{ destroy(): unknown }>();
  server.on("connect", ({ url: target = "", headers }, client) => {
    asked.push({ target, headers });
    const port = places[target];
    open.add(client);
    client.on("error", () => client.destroy());
    if (port === undefined) {
      client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    const service = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(service).pipe(client);
    });
    service.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
