/** What of a tenant is crawled: the product's four ingestion scopes, and which of them take in which. */
import { z } from "zod";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const domain = z
  .string()
  .regex(new RegExp(`^(?:${label}\\.)+${label}$`, "i"), "allowed: a domain of the tenant such as contoso.com")
  .toLowerCase();
const email = z.email("allowed: an email address such as sales@contoso.com").toLowerCase();

const both = z.looseObject({ domain: z.string(), email: z.string() });

/** Said together with whatever else is wrong, as soon as both values are there. */
const emailIsOfDomain = {
  path: ["email"],
  params: { dependsOn: ["domain"] },
  error: ({ input }: { readonly input?: unknown }) => {
    const { domain, email } = both.parse(input);
    return `${JSON.stringify(email)} was given; allowed: an address of the scope's domain, ${domain}`;
  },
  when: ({ value }: { readonly value: unknown }) => both.safeParse(value).success,
};

function isOf({ email, domain }: { readonly email: string; readonly domain: string }): boolean {
  return !email.includes("@") || email.toLowerCase().endsWith(`@${domain.toLowerCase()}`);
}

export const ingestionScope = z
  .discriminatedUnion(
    "type",
    [
      z
        .strictObject({
          /** Everything: all users that the tenant has. */
          type: z.literal("everything"),
        })
        .meta({ typeName: "EverythingScope" }),
      z
        .strictObject({
          /** Domain: all users of a domain. */
          type: z.literal("domain"),
          /** A domain of the tenant, for example `contoso.com`. */
          domain,
        })
        .meta({ typeName: "DomainScope" }),
      z
        .strictObject({
          /** Group email: all users of a group. A distribution list is a group. */
          type: z.literal("groupEmail"),
          /** The domain of the tenant that the group's address is in, for example `contoso.com`. */
          domain,
          /** Email address of the group or distribution list. */
          email,
        })
        .refine(isOf, emailIsOfDomain)
        .meta({ typeName: "GroupEmailScope" }),
      z
        .strictObject({
          /** User email: one user. A shared mailbox is a user. */
          type: z.literal("userEmail"),
          /** The domain of the tenant that the user's address is in, for example `contoso.com`. */
          domain,
          /** Email address of the user or shared mailbox. */
          email,
        })
        .refine(isOf, emailIsOfDomain)
        .meta({ typeName: "UserEmailScope" }),
    ],
    { error: 'allowed: "everything", "domain", "groupEmail", "userEmail"' },
  )
  .meta({ typeName: "IngestionScope" });

export type IngestionScope = z.output<typeof ingestionScope>;

/**
 * Whether everything in `inner` is in `outer` too, as far as can be known without asking the directory: a group may have members
 * in any domain, so only the tenant as a whole or the same group takes a group in.
 */
export function covers(outer: IngestionScope, inner: IngestionScope): boolean {
  if (outer.type === "everything") return true;
  if (outer.type === "domain") {
    return (inner.type === "domain" || inner.type === "userEmail") && same(outer.domain, inner.domain);
  }
  return outer.type === inner.type && same(outer.email, inner.email);
}

/** For people: `everything`, `domain contoso.com`, `groupEmail sales@contoso.com`. */
export function scopeText(scope: IngestionScope): string {
  if (scope.type === "everything") return scope.type;
  return `${scope.type} ${scope.type === "domain" ? scope.domain : scope.email}`;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * OneDrive's Folder Path, for example `/Documents/Reports`. The product takes no path in the form `/personal/…`; no folder's name holds
 * a control character or one of `" * : < > ? \ |`
 * ({@link https://support.microsoft.com/office/64883a5d-228e-48f5-b3d2-eb39e07630fa}).
 */
export const folderPath = z
  .string()
  .regex(
    /^(?:\/[^/"*:<>?\\|\p{Cc}]+)+$/u,
    'allowed: a path such as /Documents/Reports, without a slash at its end, control characters and " * : < > ? \\ |',
  )
  .refine(
    (path) =>
      path
        .slice(1)
        .split("/")
        .every((name) => !/^(?:\s*|\.{1,2})$/.test(name)),
    {
      error: ({ input }) =>
        `${JSON.stringify(input)} was given; allowed: a path of folders' names such as /Documents/Reports, none of them blank, . or ..`,
      abort: true,
    },
  )
  .refine((path) => !/^\/(?:my\/)?personal(?:\/|$)/i.test(path), {
    error: ({ input }) =>
      `${JSON.stringify(input)} was given; allowed: the path within the drive, such as /Documents/Reports, not the form /personal/…`,
  });

/** Whether the folder `inner` is in `outer`. No path is the whole drive. */
export function coversFolder(outer: string | undefined, inner: string | undefined): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  const [whole, part] = [outer.toLowerCase(), inner.toLowerCase()];
  return part === whole || part.startsWith(`${whole}/`);
}
