/** Whether 1Secure could sign in for its sources: now, and at every moment since the start. */
import type { World } from "../model";
import type { Acceptance, Accepts } from "./acceptance";
import type { OneSecureStore } from "./store";

/** How a source would sign in at this moment. */
export interface Connection {
  readonly sourceId: string;
  readonly credentialId: string;
  readonly accepted: Acceptance;
}

/** A time in which Entra did not hold what a source signs in with. */
export interface Outage {
  /** When it was noticed, RFC 3339 in UTC: at once, or for an expiry at the first look after it. */
  readonly at: string;
  readonly sourceId: string;
  readonly credentialId: string;
  /** Never the secret. */
  readonly why: string;
  /** When it was noticed to be over, or replaced by another reason. Absent while it lasts. */
  readonly until?: string;
}

export interface Connections {
  /**
   * Looks at every source. To be called after whatever may change what Entra accepts; the store's own changes are noticed without.
   * @param now milliseconds since the Unix epoch; default: the world's
   */
  checkCredentials(now?: number): void;
  /** After a look. */
  connections(): readonly Connection[];
  /** After a look. In the order in which they were noticed. */
  outages(): readonly Outage[];
}

/** Watches a store from now on. */
export function watchConnections(store: OneSecureStore, accepts: Accepts, world: World): Connections {
  const noticed: (Outage & { until?: string })[] = [];
  /** The outage of a source that lasts. */
  const lasting = new Map<string, Outage & { until?: string }>();

  const connectionsNow = (): Connection[] =>
    store.sources().map(({ id, tenantId, credentialId }) => {
      const proof = store.proof(credentialId);
      const accepted = proof === undefined ? "no" : accepts(proof.clientId, proof.clientSecret, tenantId);
      return { sourceId: id, credentialId, accepted };
    });

  function checkCredentials(now = world.now()): void {
    const at = new Date(now).toISOString();
    const failing = new Map(
      connectionsNow().flatMap(({ sourceId, credentialId, accepted }) =>
        accepted === "yes" ? [] : [[sourceId, { at, sourceId, credentialId, why: reasons[accepted] }]],
      ),
    );
    for (const [sourceId, outage] of lasting) {
      const still = failing.get(sourceId);
      if (still?.why === outage.why && still.credentialId === outage.credentialId) continue;
      outage.until = at;
      lasting.delete(sourceId);
    }
    for (const [sourceId, outage] of failing) {
      if (lasting.has(sourceId)) continue;
      noticed.push(outage);
      lasting.set(sourceId, outage);
    }
  }

  store.watch(() => {
    checkCredentials();
  });
  return {
    checkCredentials,
    connections: () => {
      checkCredentials();
      return connectionsNow();
    },
    outages: () => {
      checkCredentials();
      return noticed.map((outage) => ({ ...outage }));
    },
  };
}

const reasons: Readonly<Record<Exclude<Acceptance, "yes">, string>> = {
  no: "Entra does not accept the credential's client secret",
  unknownApp: "the source's tenant has no application with the credential's client id",
};
