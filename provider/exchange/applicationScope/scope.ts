/** Which mailboxes an app may reach, as it is declared. */
import { z } from "zod";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const domain = z
  .string()
  .regex(new RegExp(`^(?:${label}\\.)+${label}$`, "i"), "allowed: a domain of the tenant such as contoso.com")
  .toLowerCase();
const email = z.email("allowed: an email address such as sales@contoso.com").toLowerCase();

/**
 * The same shape as NOW Privacy's ingestion scope, so that one value can be given to both, and the administrative unit besides. The
 * `domain` that the product wants beside an address is of no use here.
 */
export const applicationScopeSchema = z
  .discriminatedUnion(
    "type",
    [
      z
        .strictObject({
          /** Every mailbox of the tenant: the app's reach is then as wide as consent in Entra ID would make it. */
          type: z.literal("everything"),
        })
        .meta({ typeName: "ApplicationScopeEverything" }),
      z
        .strictObject({
          /** Every mailbox whose primary address is in a domain. */
          type: z.literal("domain"),
          /** A domain of the tenant, for example `contoso.com`. */
          domain,
        })
        .meta({ typeName: "ApplicationScopeDomain" }),
      z
        .strictObject({
          /** The mailboxes of a group's direct members: members of a group in the group are not in scope. */
          type: z.literal("groupEmail"),
          /** Allowed beside the address, and not looked at. */
          domain: domain.optional(),
          /** Email address of a distribution list, a mail-enabled security group or a Microsoft 365 group. */
          email,
        })
        .meta({ typeName: "ApplicationScopeGroup" }),
      z
        .strictObject({
          /** One mailbox, shared mailboxes included. */
          type: z.literal("userEmail"),
          /** Allowed beside the address, and not looked at. */
          domain: domain.optional(),
          /** Primary email address of the mailbox. Another address that it has is refused. */
          email,
        })
        .meta({ typeName: "ApplicationScopeMailbox" }),
      z
        .strictObject({
          /** The mailboxes of an administrative unit's users. */
          type: z.literal("administrativeUnit"),
          /** Object id of the administrative unit in Entra ID. */
          unitId: z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000").toLowerCase(),
        })
        .meta({ typeName: "ApplicationScopeUnit" }),
    ],
    { error: 'allowed: "everything", "domain", "groupEmail", "userEmail", "administrativeUnit"' },
  )
  .meta({ typeName: "ApplicationMailboxScope" });

export type ApplicationMailboxScope = z.output<typeof applicationScopeSchema>;

/** For people, and to tell two scopes apart: `everything`, `domain contoso.com`, `groupEmail sales@contoso.com`. */
export function scopeText(scope: ApplicationMailboxScope): string {
  switch (scope.type) {
    case "everything":
      return scope.type;
    case "domain":
      return `domain ${scope.domain.toLowerCase()}`;
    case "administrativeUnit":
      return `administrativeUnit ${scope.unitId.toLowerCase()}`;
    default:
      return `${scope.type} ${scope.email.toLowerCase()}`;
  }
}
