/** The request bodies of the contract. The compiler holds each schema against the type that is generated from the contract. */
import { z } from "zod";
import type { ConnectorChange, CredentialChange, NewCredential, NewSource, SourceChange } from "./model";
import { invalid } from "./problems";

const given = z.string().min(1);
const guid = z.guid();

export const newCredential = z.strictObject({
  organization: given,
  displayName: given,
  clientId: guid,
  clientSecret: given,
}) satisfies z.ZodType<NewCredential>;

export const credentialChange = z.strictObject({
  displayName: given.optional(),
  clientId: guid.optional(),
  clientSecret: given.optional(),
}) satisfies z.ZodType<Loose<CredentialChange>>;

export const newSource = z.strictObject({
  organization: given,
  type: z.literal("exchangeOnline"),
  sourceGroup: given,
  tenantId: guid,
  crawlSource: z.boolean(),
  credentialId: given,
}) satisfies z.ZodType<NewSource>;

export const sourceChange = z.strictObject({
  sourceGroup: given.optional(),
  crawlSource: z.boolean().optional(),
  credentialId: given.optional(),
}) satisfies z.ZodType<Loose<SourceChange>>;

export const connectorChange = z.strictObject({
  enabled: z.boolean().optional(),
  collectNonOwnerMailboxAuditData: z.boolean().optional(),
}) satisfies z.ZodType<Loose<ConnectorChange>>;

/** Optional properties as zod types them. */
type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** The body when it fits. Throws a 422 that names every property at fault and never repeats a value. */
export function checked<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => fieldProblems(issue)));
}

function fieldProblems(issue: z.core.$ZodIssue): { pointer: string; detail: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: "There is no such property." }));
  }
  return [{ pointer: pointer(issue.path), detail: issue.message }];
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
