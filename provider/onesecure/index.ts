/** Netwrix 1Secure: credentials, sources and connectors of a managed organization. */
export { Connector, Credential, Source } from "./resources";
export type { ConnectorArgs, CredentialArgs, SourceArgs } from "./resources";
export { ExchangeOnlineAuditing, type ExchangeOnlineAuditingArgs } from "./exchangeOnlineAuditing";
