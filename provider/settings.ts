/** What a stack sets for everything in it: `m365audit:<name>` in its configuration, else `M365AUDIT_<NAME>` in the environment. */
import { z } from "zod";

export const settings = z.object({
  /** Id of the tenant that the stack is for (a GUID). Nothing is sent with a token of another tenant. */
  tenantId: z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000").optional(),
  /** Where tokens come from: the address of Microsoft Entra, which differs in sovereign clouds. */
  authorityHost: z.url().default("https://login.microsoftonline.com"),
  /** The Exchange Online admin API, without a path. It differs in sovereign clouds. */
  exchangeEndpoint: z.url().default("https://outlook.office365.com"),
  /**
   * Who reads the mailboxes in a preview or refresh when the app is refused, for example because its consent was taken away: `app`,
   * nobody else, and what was recorded stands; `deployer`, the identity that deploys, which then needs a role in Exchange Online.
   */
  exchangeObserver: z.enum(["app", "deployer"]).meta({ typeName: "ExchangeObserver" }).default("app"),
  /** Base address, path included, of a service that speaks the contract of `provider/onesecure/openapi.yaml`. */
  onesecureEndpoint: z.url().optional(),
  /** The bearer token for `onesecureEndpoint`. */
  onesecureToken: z.string().min(1).meta({ secret: true }).optional(),
});
