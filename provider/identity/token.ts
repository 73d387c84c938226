/** The access token of one connection: held, proven to be of the right tenant, and renewed once however many requests ask for it. */
import type { Clock } from "../core/clock";
import { AccessRefused, WrongTenant } from "../core/errors";
import { sameTenant } from "../core/tenant";

/** A token as the identity platform gave it. */
export interface AcquiredToken {
  readonly token: string;
  /** For how many milliseconds from now on it is valid. */
  readonly lifetimeMs: number;
}

/**
 * Gets a new token, past any cache: roles that were granted since the last one are only in a new one.
 *
 * @param claims a claims challenge (JSON) that the API answered with
 * @throws AccessRefused when the identity is refused; Throttled or Unavailable when it could not be asked
 */
export type AcquireToken = (claims?: string, signal?: AbortSignal) => Promise<AcquiredToken>;

/** What a token says of its holder, as far as it matters here. The signature is the API's to check. */
export interface TokenClaims {
  /** Tenant id. */
  readonly tid: string | undefined;
  /** Client id of the app. */
  readonly appid: string | undefined;
  /** App roles, for example `Exchange.ManageAsApp`. */
  readonly roles: readonly string[];
  /** Template ids of directory roles. */
  readonly wids: readonly string[];
}

/** Reads the payload of a JWT; undefined when it is none. */
export function claimsOf(token: string): TokenClaims | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof payload !== "object" || payload === null) return undefined;
    const claims = payload as Readonly<Record<string, unknown>>;
    return {
      tid: text(claims["tid"]),
      appid: text(claims["appid"]) ?? text(claims["azp"]),
      roles: texts(claims["roles"]),
      wids: texts(claims["wids"]),
    };
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** A token in hand. Compared by identity: two requests that hold the same object were sent with the same token. */
export interface HeldToken {
  readonly value: string;
  readonly expiresOn: number;
  readonly claims: TokenClaims;
}

/** A token this close to its end (milliseconds) is not used for a new request. */
const margin = 2 * 60_000;

export class Tokens {
  #held: HeldToken | undefined;
  #lastClaims: TokenClaims | undefined;
  #underway: Promise<HeldToken> | undefined;

  constructor(
    private readonly acquire: AcquireToken,
    private readonly tenantId: string,
    private readonly clock: Clock,
    /** What the token is for, in error messages. */
    private readonly service: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** The token in hand, or a new one when there is none or it is about to end. */
  current(): Promise<HeldToken> {
    const held = this.#held;
    return held !== undefined && held.expiresOn - margin > this.clock.now() ? Promise.resolve(held) : this.#new();
  }

  /** A token other than `refused`. However many requests ask at once, one new token is got. */
  renew(refused: HeldToken, claims?: string): Promise<HeldToken> {
    const held = this.#held;
    return held !== undefined && held !== refused ? Promise.resolve(held) : this.#new(claims);
  }

  /** Forgets the token in hand, so that the next request gets a new one. */
  discard(): void {
    this.#held = undefined;
  }

  /** What the last token said; undefined before the first. */
  get claims(): TokenClaims | undefined {
    return this.#lastClaims;
  }

  #new(claims?: string): Promise<HeldToken> {
    this.#underway ??= this.#prove(claims).finally(() => {
      this.#underway = undefined;
    });
    return this.#underway;
  }

  async #prove(challenge?: string): Promise<HeldToken> {
    const { token, lifetimeMs } = await this.acquire(challenge, this.signal);
    const claims = claimsOf(token);
    const facts = { operation: `proving the tenant of the ${this.service} token for`, subject: this.tenantId };
    if (claims === undefined)
      throw new AccessRefused({ ...facts, happened: "the token is no JWT, so its tenant cannot be read" });
    if (claims.tid === undefined || !sameTenant(claims.tid, this.tenantId)) {
      throw new WrongTenant({
        ...facts,
        happened: `the token is of tenant ${claims.tid ?? "(none)"}`,
        next: "Nothing was sent. Check tenantId and the identity that signs in.",
        property: "tenantId",
      });
    }
    this.#lastClaims = claims;
    this.#held = { value: token, expiresOn: this.clock.now() + lifetimeMs, claims };
    return this.#held;
  }
}
