import type { Connection } from "../tenant/app";

/** A way of putting a tenant's mailboxes under the vendor's lists. */
export interface Contender {
  readonly name: ContenderName;
  run(connection: Connection, options: RunOptions): Promise<Tally>;
}

export type ContenderName = "pipeline" | "diffFirst" | "plainBatches" | "anchoredPosts" | "ours";

export interface RunOptions {
  /** How many times as fast the tenant's clock runs. */
  readonly timeScale: number;
  /** For ours: what is declared besides the connection. */
  readonly declared?: object;
  /** For ours: what an earlier run recorded, to go on from. */
  readonly last?: Recorded;
}

/** A resource as the engine's state has it. */
export interface Recorded {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a contender says that it did. */
export interface Tally {
  /** Mailboxes that it found in scope. */
  readonly mailboxes: number;
  /** Mailboxes that it believes to have changed, or set once more to what they were. */
  readonly changed: number;
  /** Mailboxes that it knows it could not change. */
  readonly failed: number;
  readonly recorded?: Recorded;
}
