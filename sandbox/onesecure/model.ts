/** What 1Secure holds, in the words of the contract. */
import type { components } from "../../provider/onesecure/openapi.gen";

type Schemas = components["schemas"];

export type Organization = Schemas["Organization"];
export type Credential = Schemas["Credential"];
export type IssuedCertificate = Schemas["IssuedCertificate"];
export type NewCredential = Schemas["NewCredential"];
export type CredentialChange = Schemas["CredentialChange"];
export type Source = Schemas["Source"];
export type NewSource = Schemas["NewSource"];
export type SourceChange = Schemas["SourceChange"];
export type Connector = Schemas["Connector"];
export type ConnectorChange = Schemas["ConnectorChange"];
export type Problem = Schemas["Problem"];
export type FieldProblem = NonNullable<Problem["errors"]>[number];

/** Everything as a reader of the API would see it. A copy. */
export interface OneSecureSnapshot {
  readonly organizations: readonly Organization[];
  readonly credentials: readonly Credential[];
  readonly sources: readonly Source[];
  readonly connectors: readonly Connector[];
}

/** What may be changed behind the API's back. */
export type CredentialTampering = Partial<Omit<Credential, "id">> & { readonly clientSecret?: string };
export type SourceTampering = Partial<Omit<Source, "id">>;
export type ConnectorTampering = Partial<Omit<Connector, "id" | "sourceId">>;
