/** What the parts of the sandbox know of each other. */
import type { FastifyRequest } from "fastify";

/** What a verified access token says. */
export interface AccessToken {
  readonly tenantId: string;
  /** The application's client id. */
  readonly appId: string;
  /** The object id of the application's service principal. */
  readonly objectId: string;
  /** Values of the app roles granted on the token's resource, for example `Exchange.ManageAsApp`. */
  readonly roles: readonly string[];
  /** Template ids of the directory roles that the service principal holds. */
  readonly wids: readonly string[];
}

/** Why a token is not accepted. */
export interface TokenProblem {
  readonly problem: "missing" | "malformed" | "expired" | "wrongAudience";
  readonly message: string;
}

/** Verifies the bearer token of a request: signature, expiry, and that it is meant for the API with this application id. */
export type Authenticate = (request: FastifyRequest, apiAppId: string) => Promise<AccessToken | TokenProblem>;

/** Time and randomness of a sandbox, injected so that runs are the same each time. */
export interface World {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** A new GUID: the same sequence for the same seed. */
  newGuid(): string;
  /** Notes a secret that was issued, so that tests can look for it where it must not be. */
  issued(secret: string): void;
}
