/** What a stack sets for everything in it: `m365audit:<name>` in its configuration, else `M365AUDIT_<NAME>` in the environment. */
import { z } from "zod";
import { environments } from "./exchange/environments";

export const settings = z.object({
  /** Id of the tenant that the stack is for (a GUID). Nothing is sent with a token of another tenant. */
  tenantId: z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000").optional(),
  /**
   * The cloud that the tenant lives in, which says where Exchange Online and Microsoft Entra are: `public`, `usGovernment` (GCC High),
   * `usGovernmentDod` or `china`. A policy's own `environment` goes before it. The azuread provider does not read it: set
   * `azuread:environment` too. Default: `public`.
   */
  environment: z.enum(environments).meta({ typeName: "Environment" }).optional(),
  /** Where tokens come from: the address of Microsoft Entra. Default: that of `environment`. */
  authorityHost: z.url().optional(),
  /** The Exchange Online admin API, without a path. Default: that of `environment`. */
  exchangeEndpoint: z.url().optional(),
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
