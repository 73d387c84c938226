/** `Get-MailboxAuditBypassAssociation` and `Set-MailboxAuditBypassAssociation`. */
import { objectNotFound } from "../errors";
import type { BypassAssociation } from "../model";
import { page } from "../paging";
import type { WireProperty } from "../properties";
import { row } from "../properties";
import type { Cmdlet } from "./cmdlet";
import { changed, hostOfIdentity, single, truncated, unchanged } from "./cmdlet";
import { resultSize } from "./mailbox";

const properties: readonly WireProperty<BypassAssociation>[] = [
  { name: "AuditBypassEnabled", type: "boolean", value: (object) => object.auditBypassEnabled },
  { name: "ObjectId", type: "string", value: (object) => object.distinguishedName },
  { name: "Name", type: "string", value: (object) => object.name },
  { name: "Identity", type: "string", value: (object) => object.name },
  { name: "Id", type: "string", value: (object) => object.name },
  { name: "DistinguishedName", type: "string", value: (object) => object.distinguishedName },
  { name: "WhenChanged", type: "date", value: (object) => object.whenChanged },
  { name: "WhenCreated", type: "date", value: (object) => object.whenCreated },
  { name: "WhenChangedUTC", type: "date", value: (object) => object.whenChanged },
  { name: "WhenCreatedUTC", type: "date", value: (object) => object.whenCreated },
  { name: "Guid", type: "guid", value: (object) => object.guid },
  { name: "IsValid", type: "boolean", value: () => true },
];

export const getBypass: Cmdlet = {
  name: "Get-MailboxAuditBypassAssociation",
  parameters: ["Identity", "ResultSize"],
  run({ parameters, organization, pageRequest, behaviour, replica }) {
    const identity = parameters.text("Identity");
    if (identity !== undefined) {
      const found = organization.bypass(identity, replica);
      if (found === undefined) throw objectNotFound(identity);
      replica?.wasRead({ part: "bypass", guid: found.guid });
      return single(found, properties);
    }
    const limit = resultSize(parameters, behaviour);
    organization.counters.listPages++;
    const { rows, nextToken, isCutShort } = page(pageRequest, limit, organization.bypassEnd, (position) =>
      organization.bypassAt(position, replica),
    );
    for (const { guid } of rows) replica?.wasRead({ part: "bypass", guid });
    const saysTruncated = isCutShort || (nextToken !== undefined && limit !== Infinity);
    return { rows: rows.map((one) => row(one, properties)), warnings: saysTruncated ? [truncated] : [], nextToken };
  },
};

export const setBypass: Cmdlet = {
  name: "Set-MailboxAuditBypassAssociation",
  parameters: ["Identity", "AuditBypassEnabled"],
  server: hostOfIdentity,
  run({ parameters, organization }) {
    const identity = parameters.required("Identity");
    const found = organization.bypass(identity);
    if (found === undefined) throw objectNotFound(identity);
    const bypass = parameters.boolean("AuditBypassEnabled");
    if (bypass === undefined || bypass === found.auditBypassEnabled) return unchanged(found.name);
    organization.changeBypass(found.guid, bypass);
    return changed;
  },
};
