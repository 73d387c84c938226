/** The one HTTPS server of a sandbox: mounts every part, and listens on loopback only. */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import fastify from "fastify";
import type { SandboxControl } from "./control";
import { registerControl } from "./controlRoutes";
import { countRequests, type RequestCounters } from "./counters";
import type { AccessTokens } from "./entra/accessTokens";
import type { ConcurrentWrites } from "./entra/concurrentWrites";
import { registerExternalIssuer, type ExternalIssuer } from "./entra/externalIssuer";
import { registerGraph } from "./entra/graph";
import { registerMetadata } from "./entra/metadata";
import { keysAsSegments } from "./entra/odata";
import { registerToken } from "./entra/token";
import type { ExchangeHooks } from "./exchange/hooks";
import { registerExchange } from "./exchange/routes";
import { exchangeRoles } from "./exchangeRoles";
import { registerNowPrivacy } from "./nowprivacy/routes";
import type { NowPrivacyStore } from "./nowprivacy/store";
import { registerOneSecure } from "./onesecure/routes";
import type { OneSecureStore } from "./onesecure/store";
import type { Tenants } from "./tenants";
import type { LoopbackTls } from "./tls";
import type { SandboxWorld } from "./world";

export interface ServerOptions {
  readonly tls: LoopbackTls;
  readonly port: number;
  readonly tenants: Tenants;
  readonly tokens: AccessTokens;
  readonly world: SandboxWorld;
  readonly origin: () => string;
  readonly requests: RequestCounters;
  readonly store: OneSecureStore;
  readonly oneSecureToken: string;
  readonly nowPrivacy: NowPrivacyStore;
  readonly nowPrivacyToken: string;
  readonly control: SandboxControl;
  readonly exchangeHooks: ExchangeHooks;
  /** Called after each write to a directory, before it is answered. */
  readonly afterGraphWrite: () => void;
  readonly issuer: ExternalIssuer;
  readonly writes: ConcurrentWrites;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Batches of Exchange cmdlets with long lists are the largest bodies. */
const bodyLimit = 8 * 1024 * 1024;

/** @throws the system's error when the port can't be had */
export async function serve(options: ServerOptions): Promise<RunningServer> {
  const { tls, tenants, tokens, world, origin, requests, store, oneSecureToken, control } = options;
  const { exchangeHooks, issuer, writes } = options;
  const { authenticate } = tokens;
  const https = { key: tls.privateKeyPem, cert: tls.certificatePem };
  const app = fastify({
    https,
    bodyLimit,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    // The segments of Microsoft's paths are matched in any case.
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 500 },
    rewriteUrl: ({ url = "/" }) => keysAsSegments(url),
  });
  countRequests(app, requests);
  app.addHook("onSend", (request, _reply, payload, done) => {
    if (request.method !== "GET" && /^\/(?:v1\.0|beta)\//i.test(request.url)) options.afterGraphWrite();
    done(null, payload);
  });
  registerMetadata(app, { tenants, tokens, world, origin });
  registerToken(app, { tenants, tokens, world, origin, issuer });
  registerExternalIssuer(app, issuer);
  registerGraph(app, { tenants, authenticate, world, origin, writes });
  const find = (name: string) => tenants.all.find(({ exchange }) => exchange.isNamed(name))?.exchange;
  registerExchange(app, {
    tenants: { find },
    authenticate,
    world,
    rolesOf: (token) => exchangeRoles(tenants, token),
    hooks: exchangeHooks,
  });
  registerOneSecure(app, { store, token: oneSecureToken, world, prefix: "/onesecure/v1" });
  registerNowPrivacy(app, { store: options.nowPrivacy, token: options.nowPrivacyToken, prefix: "/nowprivacy/v1" });
  registerControl(app, control);

  let second: Server | undefined;
  try {
    await app.listen({ host: "127.0.0.1", port: options.port });
    const { port } = app.server.address() as AddressInfo;
    second = createServer(https, (request, response) => {
      app.routing(request, response);
    });
    if (!(await listens(second, port))) second = undefined;
    return {
      port,
      close: async () => {
        second?.closeAllConnections();
        second?.close();
        await app.close();
      },
    };
  } catch (error) {
    second?.close();
    await app.close();
    throw error;
  }
}

/** False where the machine has no ::1. Any other failure is thrown: someone else there would answer in our place. */
async function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT" || error.code === "EINVAL") resolve(false);
      else reject(error);
    });
    server.listen({ host: "::1", port, ipv6Only: true }, () => {
      resolve(true);
    });
  });
}
