/**
 * How Entra's directory replicates. What was created is on one replica at first, and each request may come to another one. So for a
 * while nobody but the creator sees a new object, then some reads see it and the next ones don't, and at last all do. Graph, the
 * token endpoint and Exchange Online have replicas of their own: what one of them sees says nothing about the others.
 *
 * All of it is drawn from the seed. {@link https://learn.microsoft.com/entra/architecture/architecture} describes the replicas; that
 * reads flap is what clients of Graph report, and why the official azuread plugin waits for several successes in a row.
 */
import { createHash } from "node:crypto";
import { z } from "zod";

const range = z
  .strictObject({ min: z.number().min(0), max: z.number().min(0) })
  .refine(({ min, max }) => min <= max, { error: "min must not be more than max" });

/** How long one object takes: milliseconds of the sandbox's clock, or a number of reads, for tests in which no time passes. */
const delaySchema = z.union([range, z.strictObject({ reads: range })]);

/** What replicates by itself, each with its own delay. */
const delays = {
  applications: delaySchema,
  servicePrincipals: delaySchema,
  credentials: delaySchema,
  appRoleAssignments: delaySchema,
  directoryRoleAssignments: delaySchema,
  federatedIdentityCredentials: delaySchema,
  exchangeAuthorization: delaySchema,
};

/** The delays as JSON gives them. */
export const replicationSchema = z.strictObject(delays).partial();

export type ReplicatedType = keyof typeof delays;

/** From `min` to `max`, both included. */
export interface DelayRange {
  readonly min: number;
  readonly max: number;
}

/** Milliseconds of the sandbox's clock, or reads of the object by one {@link ReplicaReader}. */
export type ReplicationDelay = DelayRange | { readonly reads: DelayRange };

/**
 * Delays by type of object; a type without one is seen at once.
 *
 * - `applications`, `servicePrincipals`, `appRoleAssignments`, `directoryRoleAssignments`, `federatedIdentityCredentials`: until Graph
 *   shows them to all and, drawn apart, until the token endpoint knows them (the assignments: as `roles` and `wids`).
 * - `credentials`: certificates and client secrets, until the token endpoint knows them. Graph shows them at once.
 * - `exchangeAuthorization`: from the first token that carries a directory role until Exchange Online honours it.
 */
export type ReplicationOptions = Readonly<Partial<Record<ReplicatedType, ReplicationDelay | undefined>>>;

/** Who reads: each has replicas of its own. */
export type ReplicaReader = "graph" | "token" | "exchange";

export interface Replication {
  /** Undefined while everything is seen at once. */
  readonly options: ReplicationOptions | undefined;
  /** Delays for what is created from now on. Undefined also settles everything that is still under way. */
  set(options: ReplicationOptions | undefined): void;
  /** Notes that an object is new. Does nothing for one that was noted before. */
  created(type: ReplicatedType, id: string): void;
  /** Lets the time of a new object run from now, for what can only begin to spread after something else. The first call counts. */
  begins(type: ReplicatedType, id: string): void;
  /** One read of an object: whether the replica that it comes to has it. Objects that were never noted are everywhere. */
  sees(reader: ReplicaReader, type: ReplicatedType, id: string): boolean;
  /** An even chance, drawn from the seed and the object: for choosing between two things that the service is known to say. */
  chance(type: ReplicatedType, id: string): boolean;
}

interface Spreading {
  readonly delay: ReplicationDelay;
  since: number;
  hasBegun: boolean;
  readonly reads: Map<ReplicaReader, number>;
  readonly settled: Set<ReplicaReader>;
}

export function createReplication(seed: string, now: () => number): Replication {
  let options: ReplicationOptions | undefined;
  let chances = 0;
  const spreading = new Map<string, Spreading>();
  const keyOf = (type: ReplicatedType, id: string): string => `${type}/${id}`;

  return {
    get options() {
      return options;
    },
    set: (next) => {
      options = next;
      if (next === undefined) spreading.clear();
    },
    created: (type, id) => {
      const delay = options?.[type];
      const key = keyOf(type, id);
      if (delay === undefined || spreading.has(key)) return;
      spreading.set(key, { delay, since: now(), hasBegun: false, reads: new Map(), settled: new Set() });
    },
    begins: (type, id) => {
      const state = spreading.get(keyOf(type, id));
      if (state === undefined || state.hasBegun) return;
      state.hasBegun = true;
      state.since = now();
    },
    sees: (reader, type, id) => {
      const key = keyOf(type, id);
      const state = spreading.get(key);
      if (state === undefined || state.settled.has(reader)) return true;
      const read = (state.reads.get(reader) ?? 0) + 1;
      state.reads.set(reader, read);
      const drawn = fraction(seed, key, reader);
      const seen =
        "reads" in state.delay
          ? seenAtRead(read, within(state.delay.reads, drawn), () => fraction(seed, key, reader, read))
          : seenAfter(now() - state.since, within(state.delay, drawn), () => fraction(seed, key, reader, read));
      if (seen === "settled") state.settled.add(reader);
      return seen !== "no";
    },
    chance: (type, id) => fraction(seed, "chance", keyOf(type, id), chances++) < 0.5,
  };
}

type Seen = "no" | "yes" | "settled";

/** Of the reads that it takes, the first half see nothing. Then they flap: the last but one sees it, and the last once more doesn't. */
function seenAtRead(read: number, takes: number, draw: () => number): Seen {
  if (read > takes) return "settled";
  if (read <= takes / 2 || read === takes) return "no";
  return read === takes - 1 || draw() < 0.5 ? "yes" : "no";
}

/** For the first half of the time nothing sees it, then each read has an even chance. */
function seenAfter(elapsed: number, takes: number, draw: () => number): Seen {
  if (elapsed >= takes) return "settled";
  return elapsed >= takes / 2 && draw() < 0.5 ? "yes" : "no";
}

function within({ min, max }: DelayRange, drawn: number): number {
  return Math.min(max, min + Math.floor(drawn * (max - min + 1)));
}

/** From 0 up to 1, the same for the same seed and names. */
function fraction(...names: readonly (string | number)[]): number {
  return createHash("sha256").update(JSON.stringify(names)).digest().readUInt32BE(0) / 2 ** 32;
}
