/**
 * What a refusal of the token endpoint means for a proof: whether it may pass, how soon, and what a person can do.
 *
 * Codes: {@link https://learn.microsoft.com/entra/identity-platform/reference-error-codes}. What passes by itself, as clients saw it:
 * a new secret works after 4 to 18 seconds (microsoftgraph/microsoft-graph-docs issue 17966); a new application is not found at
 * first, and now and then even after it was (AzureAD/microsoft-authentication-library-for-dotnet issue 3706); a new federated
 * credential takes up to some minutes (Azure/azure-workload-identity issue 273); beside an expired secret, a new one is called
 * expired at times (dafthack/GraphRunner issue 28).
 */

/**
 * How long something that stands in the way may still go away by itself: `never`; `soon`, within a few minutes; `late`, as long as the
 * proof may take.
 */
export type Passing = "never" | "soon" | "late";

/** What to make of a refusal. */
export interface Refusal {
  /** `resource`: the API is not in the tenant, so nothing can be said of permissions on it. `credential`: nothing is reached. */
  readonly about: "credential" | "resource";
  readonly passing: Passing;
  /** What to do, for a person. */
  readonly next: string;
}

const credential = (passing: Passing, next: string): Refusal => ({ about: "credential", passing, next });

const secret = "check that it is the secret's value (not its id) and a secret of this app";
const app = "check clientId and tenantId, and that the app has a service principal in the tenant";
const federated = "check issuer, subject and audience of the app's federated credential";

const refusals: ReadonlyMap<number, Refusal> = new Map([
  [7000215, credential("late", secret)],
  [7000222, credential("soon", "the secret has expired: make a new one")],
  [700027, credential("late", "check that this certificate is uploaded to the app and not expired")],
  [700016, credential("soon", app)],
  [7000229, credential("soon", app)],
  [70021, credential("late", federated)],
  [700211, credential("late", federated)],
  [700212, credential("late", federated)],
  [700213, credential("late", federated)],
  [7000112, credential("never", "the app is switched off in the tenant: enable it for users to sign in")],
  [90002, credential("never", "check tenantId and environment")],
  [
    500011,
    {
      about: "resource",
      passing: "soon",
      next: "the API is not in the tenant, for example for want of a licence; or its id is wrong",
    },
  ],
]);

/** What to make of a refusal's text (`AADSTS<number>: ...`). One that is not in the list does not pass. */
export function refusalOf(said: string): Refusal {
  const code = /AADSTS(\d+)/.exec(said)?.[1];
  // One code for a certificate that is not there (yet) and for one that has ended.
  if (code === "700027" && /expired/i.test(said))
    return credential("soon", "the certificate has expired: upload a new one");
  if (code === undefined) return credential("never", "check what the app signs in with");
  return refusals.get(Number(code)) ?? credential("never", `AADSTS${code} is in Microsoft's reference of error codes`);
}
