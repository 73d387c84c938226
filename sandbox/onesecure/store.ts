/** What 1Secure holds: organizations, credentials, sources and connectors, with the product's rules. */
import type { World } from "../model";
import type { Accepts } from "./acceptance";
import { issueCertificate } from "./certificates";
import type {
  Connector,
  ConnectorChange,
  ConnectorTampering,
  Credential,
  CredentialChange,
  CredentialTampering,
  NewCredential,
  NewSource,
  OneSecureSnapshot,
  Organization,
  Source,
  SourceChange,
  SourceTampering,
} from "./model";
import { OneSecureProblem, invalid, notFound } from "./problems";

/** An object, and whether this request made it. */
export interface Made<T> {
  readonly object: T;
  readonly isNew: boolean;
}

export interface SourceFilter {
  readonly organization?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly type?: string | undefined;
}

/** All that is returned is a copy. Everything that takes an id throws a 404 problem when nothing has it. */
export interface OneSecureStore {
  /** Makes an organization, as a person does in the product; the one of that name if there is one. */
  addOrganization(name: string): Organization;
  organizations(): Organization[];
  organization(id: string): Organization;

  credentials(organization?: string): Credential[];
  credential(id: string): Credential;
  createCredential(key: string, body: NewCredential): Promise<Made<Credential>>;
  updateCredential(id: string, change: Partial<CredentialChange>): Credential;
  deleteCredential(id: string): void;
  /** Whether this is the client secret that the credential has: the API never gives it back. */
  hasSecret(id: string, clientSecret: string): boolean;

  sources(filter?: SourceFilter): Source[];
  source(id: string): Source;
  createSource(key: string, body: NewSource): Made<Source>;
  updateSource(id: string, change: Partial<SourceChange>): Source;
  deleteSource(id: string): void;

  /** Exactly one for an Exchange Online source. */
  connectors(sourceId: string): Connector[];
  updateConnector(sourceId: string, change: Partial<ConnectorChange>): Connector;

  /** Makes a source as a person does in the product, with its connector switched off. */
  addSource(body: NewSource): Source;
  /** What a credential signs in with, for who checks that; undefined when there is none. Must not leave the process. */
  proof(credentialId: string): { readonly clientId: string; readonly clientSecret: string } | undefined;
  /**
   * From now on, whether credentials that Entra does not accept at that moment are refused (422) when they are given, and when they
   * are given to a source.
   */
  refuseUnaccepted(refuse: boolean): void;
  /** @param listener called before and after each change to credentials and sources */
  watch(listener: () => void): void;

  /** Changes behind the API's back, without its rules. */
  patchCredential(id: string, tampering: CredentialTampering): Credential;
  patchSource(id: string, tampering: SourceTampering): Source;
  /** By the id of the connector or of its source. */
  patchConnector(id: string, tampering: ConnectorTampering): Connector;
  snapshot(): OneSecureSnapshot;
}

/**
 * An empty 1Secure. Organizations must be added before anything else can be configured.
 * @param accepts what Entra thinks of a secret; without it, everything is taken for accepted
 */
export function createOneSecureStore(world: World, accepts: Accepts = () => "yes"): OneSecureStore {
  return new Store(world, accepts);
}

interface Keyed<T> {
  object: T;
  /** Undefined for what a person made. */
  readonly key: string | undefined;
}

interface Proof {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tenantId?: string;
}

class Store implements OneSecureStore {
  readonly #world: World;
  readonly #organizations = new Map<string, Organization>();
  readonly #credentials = new Map<string, Keyed<Credential> & { clientSecret: string }>();
  readonly #sources = new Map<string, Keyed<Source>>();
  /** By the id of the source. */
  readonly #connectors = new Map<string, Connector>();
  /** Requests for a credential that wait for its certificate, by their idempotency key. */
  readonly #underway = new Map<string, Promise<Credential>>();
  readonly #accepts: Accepts;
  readonly #listeners: (() => void)[] = [];
  #refusing = false;

  constructor(world: World, accepts: Accepts) {
    this.#world = world;
    this.#accepts = accepts;
  }

  refuseUnaccepted(refuse: boolean): void {
    this.#refusing = refuse;
  }

  watch(listener: () => void): void {
    this.#listeners.push(listener);
  }

  proof(credentialId: string): { readonly clientId: string; readonly clientSecret: string } | undefined {
    const entry = this.#credentials.get(credentialId);
    return entry && { clientId: entry.object.clientId, clientSecret: entry.clientSecret };
  }

  addOrganization(name: string): Organization {
    const known = this.organizations().find((organization) => organization.name === name);
    if (known !== undefined) return known;
    const organization = { id: this.#world.newGuid(), name };
    this.#organizations.set(organization.id, organization);
    return { ...organization };
  }

  organizations(): Organization[] {
    return structuredClone([...this.#organizations.values()]);
  }

  organization(id: string): Organization {
    return structuredClone(found(this.#organizations, "organization", id));
  }

  credentials(organization?: string): Credential[] {
    const all = [...this.#credentials.values()].map(({ object }) => object);
    return structuredClone(all.filter((one) => organization === undefined || one.organization === organization));
  }

  credential(id: string): Credential {
    return structuredClone(found(this.#credentials, "credential", id).object);
  }

  async createCredential(key: string, body: NewCredential): Promise<Made<Credential>> {
    const made = [...this.#credentials.values()].find((entry) => entry.key === key);
    if (made !== undefined) return { object: structuredClone(made.object), isNew: false };
    const underway = this.#underway.get(key);
    if (underway !== undefined) return { object: structuredClone(await underway), isNew: false };
    this.#checkOrganization(body.organization);
    this.#checkAccepted("/clientSecret", body);
    const making = this.#make(key, body);
    this.#underway.set(key, making);
    try {
      return { object: structuredClone(await making), isNew: true };
    } finally {
      this.#underway.delete(key);
    }
  }

  async #make(key: string, body: NewCredential): Promise<Credential> {
    const id = this.#world.newGuid();
    const { organization, displayName, clientId, clientSecret } = body;
    const certificate = await issueCertificate("Netwrix 1Secure", id, this.#world.now());
    const object = { id, organization, displayName, clientId, certificate };
    this.#credentials.set(id, { object, key, clientSecret });
    return object;
  }

  updateCredential(id: string, change: Partial<CredentialChange>): Credential {
    const proof = { ...this.proof(id), ...change };
    if (change.clientId !== undefined || change.clientSecret !== undefined) this.#checkAccepted("/clientSecret", proof);
    return this.patchCredential(id, change);
  }

  deleteCredential(id: string): void {
    found(this.#credentials, "credential", id);
    const user = [...this.#sources.values()].find(({ object }) => object.credentialId === id);
    if (user !== undefined) {
      throw new OneSecureProblem(409, "credentialInUse", "The credential is in use", {
        detail: `The source "${user.object.id}" uses the credential. Give the source another one or delete it first.`,
        existingId: user.object.id,
      });
    }
    this.#credentials.delete(id);
  }

  hasSecret(id: string, clientSecret: string): boolean {
    return found(this.#credentials, "credential", id).clientSecret === clientSecret;
  }

  sources(filter: SourceFilter = {}): Source[] {
    const all = [...this.#sources.values()].map(({ object }) => object);
    const matching = all
      .filter((one) => filter.organization === undefined || one.organization === filter.organization)
      .filter((one) => filter.tenantId === undefined || sameGuid(one.tenantId, filter.tenantId))
      .filter((one) => filter.type === undefined || one.type === filter.type);
    return structuredClone(matching);
  }

  source(id: string): Source {
    return structuredClone(found(this.#sources, "source", id).object);
  }

  createSource(key: string, body: NewSource): Made<Source> {
    const made = [...this.#sources.values()].find((entry) => entry.key === key);
    if (made !== undefined) return { object: structuredClone(made.object), isNew: false };
    return { object: this.#addSource(body, key), isNew: true };
  }

  addSource(body: NewSource): Source {
    return this.#addSource(body, undefined);
  }

  #addSource(body: NewSource, key: string | undefined): Source {
    this.#checkOrganization(body.organization);
    this.#checkCredential(body.credentialId, body.organization);
    const [existing] = this.sources(body);
    if (existing !== undefined) {
      throw new OneSecureProblem(409, "sourceExists", "The source exists already", {
        detail: `The organization "${body.organization}" already has an Exchange Online source for this tenant.`,
        existingId: existing.id,
      });
    }
    this.#checkAccepted("/credentialId", { ...this.proof(body.credentialId), tenantId: body.tenantId });
    const own = key === undefined ? {} : { idempotencyKey: key };
    const source: Source = { id: this.#world.newGuid(), ...body, status: "New", ...own };
    this.#connectors.set(source.id, {
      id: this.#world.newGuid(),
      sourceId: source.id,
      type: "exchangeOnlineActivity",
      enabled: false,
      collectNonOwnerMailboxAuditData: false,
      status: "New",
    });
    this.#changing(() => {
      this.#sources.set(source.id, { object: source, key });
    });
    return structuredClone(source);
  }

  updateSource(id: string, change: Partial<SourceChange>): Source {
    const { organization, tenantId } = found(this.#sources, "source", id).object;
    if (change.credentialId !== undefined) {
      this.#checkCredential(change.credentialId, organization);
      this.#checkAccepted("/credentialId", { ...this.proof(change.credentialId), tenantId });
    }
    return this.patchSource(id, change);
  }

  deleteSource(id: string): void {
    found(this.#sources, "source", id);
    this.#changing(() => {
      this.#sources.delete(id);
      this.#connectors.delete(id);
    });
  }

  connectors(sourceId: string): Connector[] {
    found(this.#sources, "source", sourceId);
    return structuredClone([...this.#connectors.values()].filter((connector) => connector.sourceId === sourceId));
  }

  updateConnector(sourceId: string, change: Partial<ConnectorChange>): Connector {
    const after = { ...found(this.#connectors, "source", sourceId), ...change };
    if (after.collectNonOwnerMailboxAuditData && !after.enabled) {
      const detail = "Non-owner mailbox audit data is only collected while Exchange Online Activity is on.";
      throw invalid([{ pointer: "/collectNonOwnerMailboxAuditData", detail }]);
    }
    return this.patchConnector(sourceId, change);
  }

  patchCredential(id: string, tampering: CredentialTampering): Credential {
    const entry = found(this.#credentials, "credential", id);
    const { clientSecret, ...rest } = tampering;
    this.#changing(() => {
      entry.object = { ...entry.object, ...rest };
      if (clientSecret !== undefined) entry.clientSecret = clientSecret;
    });
    return structuredClone(entry.object);
  }

  patchSource(id: string, tampering: SourceTampering): Source {
    const entry = found(this.#sources, "source", id);
    this.#changing(() => {
      entry.object = { ...entry.object, ...tampering };
    });
    return structuredClone(entry.object);
  }

  patchConnector(id: string, tampering: ConnectorTampering): Connector {
    const bySource = [...this.#connectors.values()].find((connector) => connector.id === id)?.sourceId ?? id;
    const connector = { ...found(this.#connectors, "connector", bySource), ...tampering };
    this.#connectors.set(bySource, connector);
    return structuredClone(connector);
  }

  snapshot(): OneSecureSnapshot {
    return {
      organizations: this.organizations(),
      credentials: this.credentials(),
      sources: this.sources(),
      connectors: structuredClone([...this.#connectors.values()]),
    };
  }

  /** Someone who watches must see both what a change ends and what it begins. */
  #changing(change: () => void): void {
    for (const listener of this.#listeners) listener();
    change();
    for (const listener of this.#listeners) listener();
  }

  #checkAccepted(pointer: string, { clientId = "", clientSecret = "", tenantId }: Proof): void {
    if (!this.#refusing || this.#accepts(clientId, clientSecret, tenantId) === "yes") return;
    throw invalid([{ pointer, detail: "Microsoft Entra ID does not accept this client secret for the application." }]);
  }

  #checkOrganization(name: string): void {
    if ([...this.#organizations.values()].some((organization) => organization.name === name)) return;
    const detail = `There is no managed organization with this name. Organizations are made in the product.`;
    throw invalid([{ pointer: "/organization", detail }]);
  }

  #checkCredential(id: string, organization: string): void {
    if (this.#credentials.get(id)?.object.organization === organization) return;
    throw invalid([{ pointer: "/credentialId", detail: "It must be a credential of the same organization." }]);
  }
}

function found<T>(map: ReadonlyMap<string, T>, what: string, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw notFound(what, id);
  return value;
}

function sameGuid(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
