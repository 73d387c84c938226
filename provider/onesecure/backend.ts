/**
 * What the resource kinds need of 1Secure, in the product's words. Netwrix publishes no management API, so nothing here is a
 * statement about one: a backend may be a gateway ({@link ./openapi.yaml}) or something else that gets these things done.
 */
import type { Gone } from "../core";
import type { components } from "./openapi.gen";

/** Credentials as they can be read: without the client secret, with the certificate that 1Secure issued for them. */
export type Credential = components["schemas"]["Credential"];
export type NewCredential = components["schemas"]["NewCredential"];
export type CredentialChange = components["schemas"]["CredentialChange"];

/** An Exchange Online source. */
export type Source = components["schemas"]["Source"];
export type NewSource = Omit<components["schemas"]["NewSource"], "type">;
export type SourceChange = components["schemas"]["SourceChange"];

/** The one connector of an Exchange Online source, Exchange Online Activity. */
export type Connector = components["schemas"]["Connector"];
export type ConnectorChange = components["schemas"]["ConnectorChange"];

/** An object that was asked for with an idempotency key. */
export interface Made<T> {
  readonly object: T;
  /** False when the key had made it before: it is as it is now, which need not be as it was asked for this time. */
  readonly isNew: boolean;
}

/**
 * Every method throws the tagged errors of `core/errors`; the `property` of an error is named as in the kinds' contracts. A thing
 * that is not there is `gone` to the reading methods, no error to the deleting ones, and `NotFound` to the changing ones.
 */
export interface Backend {
  credential(id: string): Promise<Credential | Gone>;
  /** @param idempotencyKey the same key makes the object only once, as long as that object exists */
  addCredential(credential: NewCredential, idempotencyKey: string): Promise<Made<Credential>>;
  changeCredential(id: string, change: CredentialChange): Promise<Credential>;
  /** @throws Conflict while a source uses it. */
  deleteCredential(id: string): Promise<void>;

  source(id: string): Promise<Source | Gone>;
  /**
   * The organization's Exchange Online source for the tenant.
   * @throws Conflict when there are several, although the product has room for one
   */
  sourceFor(organization: string, tenantId: string): Promise<Source | Gone>;
  /** @throws Conflict when the organization has a source for that tenant already. */
  addSource(source: NewSource, idempotencyKey: string): Promise<Made<Source>>;
  changeSource(id: string, change: SourceChange): Promise<Source>;
  deleteSource(id: string): Promise<void>;

  /** The connector of a source; `gone` when the source is. */
  connector(sourceId: string): Promise<Connector | Gone>;
  changeConnector(sourceId: string, change: ConnectorChange): Promise<Connector>;
}
