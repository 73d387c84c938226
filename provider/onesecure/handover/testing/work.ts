/** Declared resources and what was attested of them, for tests of the handovers. */
import { assess } from "../../../operator/assess";
import { type Entry, fingerprintOf } from "../../../operator/entry";
import { type Handover, valuesOf } from "../../../operator/handover";
import type { SecretMark, Sheet } from "../../../operator/sheet";
import { connector, type ConnectorInputs } from "../../connector";
import { credential, type CredentialInputs } from "../../credential";
import { source, type SourceInputs } from "../../source";
import { connectorHandover } from "../connector";
import { credentialHandover } from "../credential";
import { sourceHandover } from "../source";

export const tenantId = "11111111-2222-3333-4444-555555555555";
export const otherTenantId = "99999999-2222-3333-4444-555555555555";
export const clientId = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
export const oldSecret = { keyId: "key-1", endDate: "2026-12-24T00:00:00Z" };
export const urn = (type: string, name: string): string =>
  `urn:pulumi:prod::audit::pulumi-nodejs:dynamic/m365audit/onesecure:${type}::${name}`;

export const declaredCredential: CredentialInputs = {
  organization: "Contoso",
  displayName: "Contoso audit",
  clientId,
  clientSecret: "s3cr3t-of-the-app",
  clientSecretReference: { keyId: "key-2", endDate: "2027-11-23T00:00:00Z", stackOutput: "clientSecret" },
};
export const credentialId = credentialHandover.idOf(declaredCredential, urn("Credential", "contoso-credential"));

export const declaredSource: SourceInputs = {
  organization: "Contoso",
  sourceGroup: "Exchange Online",
  tenantId,
  crawlSource: true,
  credentialId,
  credentialDisplayName: "Contoso audit",
  adoptExisting: false,
};
export const sourceId = sourceHandover.idOf(declaredSource, "");

export const declaredConnector: ConnectorInputs = {
  sourceId,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  adoptExisting: false,
};

/** What someone attested who entered it. */
export function enteredAs<I extends object>(handover: Handover<I>, declared: I, more: Partial<Entry> = {}): Entry {
  const values = valuesOf(handover, declared);
  const secret = more.secret;
  return {
    resource: urn("Thing", "thing"),
    action: "entered",
    values,
    fingerprint: fingerprintOf(values, secret),
    by: "ada@contoso.com",
    at: "2026-01-31T09:30:00Z",
    ...more,
  };
}

const stack = "prod";

/** @param before what was attested; undefined: nothing */
export function credentialSheet(declared: CredentialInputs, before?: CredentialInputs, secret?: SecretMark): Sheet {
  const entered =
    before && enteredAs(credentialHandover, before, { secret: secret ?? before.clientSecretReference ?? oldSecret });
  const id = credentialHandover.idOf(declared, urn("Credential", "contoso-credential"));
  return assess(credential, credentialHandover, { id, stack, declared, account: entered ? { entered } : {} }).sheet;
}

export function sourceSheet(declared: SourceInputs, before?: SourceInputs): Sheet {
  const entered = before && enteredAs(sourceHandover, before);
  const id = sourceHandover.idOf(declared, "");
  return assess(source, sourceHandover, { id, stack, declared, account: entered ? { entered } : {} }).sheet;
}

export function connectorSheet(declared: ConnectorInputs, before?: ConnectorInputs): Sheet {
  const entered = before && enteredAs(connectorHandover, before);
  const id = connectorHandover.idOf(declared, "");
  return assess(connector, connectorHandover, { id, stack, declared, account: entered ? { entered } : {} }).sheet;
}

/** The removal sheet of something that is no longer declared. */
export function removalOf<I extends object>(handover: Handover<I>, declared: I, id: string, vendorId?: string): Sheet {
  return handover.removal({ id, stack, found: valuesOf(handover, declared), vendorId });
}
