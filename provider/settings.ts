/** What a stack sets for everything in it: `m365audit:<name>` in its configuration, else `M365AUDIT_<NAME>` in the environment. */
import { z } from "zod";
import { environments } from "./identity/environments";

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
  /** Microsoft Graph, without a path. Default: that of `environment`. */
  graphEndpoint: z.url().optional(),
  /**
   * The moment (RFC 3339) that credentials' ends are held against, in place of now: a preview then says what a run on that day would
   * rotate. For previews and tests; a real `up` belongs to the present.
   */
  asOf: z.iso.datetime({ offset: true }).optional(),
  /**
   * Who reads the mailboxes in a preview or refresh when the app is refused, for example because its consent was taken away: `app`,
   * nobody else, and what was recorded stands; `deployer`, the identity that deploys, which then needs a role in Exchange Online.
   */
  exchangeObserver: z.enum(["app", "deployer"]).meta({ typeName: "ExchangeObserver" }).default("app"),
  /**
   * For how many seconds to wait in all for access that was only just granted: Entra and Exchange take minutes to follow, at times an
   * hour. Default: 600.
   */
  accessTimeoutSeconds: z.int().min(0).max(99_999).default(600),
  /**
   * For how many seconds to wait at most when a service asks for it (`Retry-After`); for a longer wait the run ends. Several such waits
   * together may last three times as long. Default: 600.
   */
  retryAfterLimitSeconds: z.int().min(0).max(86_400).default(600),
  /** How large one answer of a service may be, in MiB. Default: 64. */
  answerLimitMebibytes: z.int().min(1).max(1024).default(64),
  /**
   * What a full scan does that finds no mailbox in scope where the one before had found some: `refuse`, an error, since that is more
   * often a fault than the truth; `accept`, the scope is empty. For one run, so it is best set in the environment.
   */
  emptyScope: z.enum(["refuse", "accept"]).meta({ typeName: "EmptyScope" }).default("refuse"),
  /**
   * How 1Secure is reached: `operator`, a person enters what the run-sheets say and attests it; `http`, a gateway at `onesecureEndpoint`.
   * Default: `http` where `onesecureEndpoint` is set, else `operator`.
   */
  onesecureBackend: z.enum(["operator", "http"]).meta({ typeName: "OneSecureBackend" }).optional(),
  /** Base address, path included, of a service that speaks the contract of `provider/onesecure/openapi.yaml`. */
  onesecureEndpoint: z.url().optional(),
  /** The bearer token for `onesecureEndpoint`. */
  onesecureToken: z.string().min(1).meta({ secret: true }).optional(),
  /**
   * How NOW Privacy is reached: `operator`, a person enters what the run-sheets say and attests it; `http`, a gateway at
   * `nowprivacyEndpoint`; `bulkFile`, the product's bulk-upload file, which a person uploads and which makes new data sources only.
   * Default: `http` where `nowprivacyEndpoint` is set, else `operator`.
   */
  nowprivacyBackend: z.enum(["operator", "http", "bulkFile"]).meta({ typeName: "NowPrivacyBackend" }).optional(),
  /** Base address, path included, of a service that speaks the contract of `provider/nowprivacy/openapi.yaml`. */
  nowprivacyEndpoint: z.url().optional(),
  /** The bearer token for `nowprivacyEndpoint`. */
  nowprivacyToken: z.string().min(1).meta({ secret: true }).optional(),
  /**
   * For `bulkFile`: the template that the user's own instance of NOW Privacy offers (Data Sources > New > Add Multiple Data Sources >
   * Download Example file). The row for Office 365 is taken from it.
   */
  nowprivacyBulkTemplate: z.string().min(1).optional(),
  /**
   * For `bulkFile`: the file to write, one for each stack. It holds client secrets in clear text, because the product reads them so;
   * it can be read by its owner only, and belongs in no repository.
   */
  nowprivacyBulkFile: z.string().min(1).optional(),
  /**
   * For `bulkFile`: changes that were made in the product by hand, by the words that the refused update named, separated by commas.
   * For one run, so it is best set in the environment.
   */
  nowprivacyAppliedByHand: z.string().optional(),
  /**
   * For `operator`: the folder of the attestations, `<folder>/<stack>.json`, seen from the folder of `Pulumi.yaml`. Default:
   * `attestations`.
   */
  attestations: z.string().min(1).optional(),
  /**
   * For `operator`: the allowed signers (the file format of `ssh-keygen`), seen from the folder of `Pulumi.yaml`. With it an attestation
   * that is not signed by one of them is refused. Default: `allowed_signers` in the folder of the attestations where that is there, else
   * signatures are not asked for.
   */
  attestationSigners: z.string().min(1).optional(),
});
