/** Time and randomness of one sandbox. Everything that looks random is drawn from the seed, so that two runs give the same ids. */
import { createHash, createHmac } from "node:crypto";
import { machineClock, type SandboxClock } from "./clock";
import { createReplication, type Replication } from "./entra/replication";
import type { World } from "./model";

export type { SandboxClock } from "./clock";

/** The {@link World} with what the directory needs besides. */
export interface SandboxWorld extends World {
  readonly seed: string;
  /**
   * The machine's time in milliseconds since the Unix epoch: that of clients, whose clocks don't travel when the sandbox's does.
   */
  wallNow(): number;
  /** How long what is written takes to be seen by all who read. */
  readonly replication: Replication;
  /** Every secret that was issued so far, in order: values of client secrets, private keys and tokens that must not turn up elsewhere. */
  readonly issuedSecrets: readonly string[];
  /** An opaque id of 43 base64url characters, the form of Graph's app role and directory role assignments. */
  newOpaqueId(): string;
  /** The text of a new client secret, in the form that Entra gives them (40 characters, `~` at the seventh place). */
  newSecretText(): string;
}

/** The current instant as Graph writes it: RFC 3339 in UTC, whole seconds. */
export function graphTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A GUID that depends only on the seed and the names: the same in every run. */
export function seededGuid(seed: string, ...names: readonly string[]): string {
  return asGuid(
    createHash("sha256")
      .update(JSON.stringify([seed, ...names]))
      .digest(),
  );
}

/** A client secret that depends only on the seed and the names. */
export function seededSecret(seed: string, ...names: readonly string[]): string {
  return asSecret(
    createHash("sha512")
      .update(JSON.stringify(["secret", seed, ...names]))
      .digest(),
  );
}

/** @param wallClock the machine's clock, see {@link SandboxWorld.wallNow} */
export function createWorld(seed: string, clock: SandboxClock, wallClock: SandboxClock = machineClock): SandboxWorld {
  const issuedSecrets: string[] = [];
  let drawn = 0;
  const draw = (): Buffer => createHmac("sha512", seed).update(String(drawn++)).digest();
  return {
    seed,
    issuedSecrets,
    now: () => clock.now(),
    wallNow: () => wallClock.now(),
    replication: createReplication(seed, () => clock.now()),
    newGuid: () => asGuid(draw()),
    newOpaqueId: () => draw().subarray(0, 32).toString("base64url"),
    newSecretText: () => asSecret(draw()),
    issued: (secret) => {
      if (!issuedSecrets.includes(secret)) issuedSecrets.push(secret);
    },
  };
}

function asGuid(random: Buffer): string {
  const bytes = Buffer.from(random.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function asSecret(random: Buffer): string {
  const letters = random.toString("base64").replace(/[+/=]/g, "");
  return `${letters.slice(0, 3)}8Q~${letters.slice(3, 37)}`;
}
