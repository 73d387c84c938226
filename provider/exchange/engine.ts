/** The engine that puts a mailbox audit policy into force, as schemas. */
import { z } from "zod";

export const engines = ["rest", "powershell"] as const;

/** A DNS name of two labels or more. */
const domain = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i;

export const engineShape = {
  /**
   * `rest`: this package reads and sets the mailboxes itself, many at a time, and every preview shows what has drifted. `powershell`:
   * the vendor's way, a script of Exchange Online cmdlets that runs in an update. It sets the same, one mailbox after another, and
   * only runs again when something that is declared here changes: a preview shows no drift. The machine that runs Pulumi needs
   * PowerShell 7.4 (`pwsh`) and the module ExchangeOnlineManagement. Changing the engine deletes the policy of the one after that of
   * the other is made, so set `onDelete` to `keep` first. Must be a plain value. Default: `rest`.
   */
  engine: z.enum(engines).meta({ typeName: "MailboxAuditEngine" }).default("rest"),
  /**
   * The tenant's initial domain, such as `contoso.onmicrosoft.com`: PowerShell connects to an organization by it. Required with, and
   * only allowed with, the engine `powershell`.
   */
  initialDomain: z.string().regex(domain, "allowed: a domain such as contoso.onmicrosoft.com").optional(),
};

interface Given {
  readonly engine?: unknown;
  readonly initialDomain?: unknown;
  readonly scan?: unknown;
  readonly keyless?: unknown;
}

/** Adds the rules about the engine and other properties. They run even if single properties are wrong. */
export function withEngineRules<S extends z.ZodObject>(schema: S): S {
  const always = { when: ({ value }: { value: unknown }): boolean => typeof value === "object" && value !== null };
  const isScript = (value: unknown): boolean => (value as Given).engine === "powershell";
  return schema
    .refine((value) => !isScript(value) || (value as Given).initialDomain !== undefined, {
      ...always,
      path: ["initialDomain"],
      params: { dependsOn: ["engine"] },
      error: 'nothing was given; allowed: the tenant\'s initial domain, because engine "powershell" connects by it',
    })
    .refine((value) => isScript(value) || (value as Given).initialDomain === undefined, {
      ...always,
      path: ["initialDomain"],
      params: { dependsOn: ["engine"] },
      error: 'not needed; allowed: only with engine "powershell"',
    })
    .refine((value) => !isScript(value) || (value as Given).scan !== "incremental", {
      ...always,
      path: ["scan"],
      params: { dependsOn: ["engine"] },
      error: '"incremental" was given; allowed: "full", because engine "powershell" remembers nothing between two runs',
    })
    .refine((value) => !isScript(value) || (value as Given).keyless !== true, {
      ...always,
      path: ["keyless"],
      params: { dependsOn: ["engine"] },
      error:
        'true was given; allowed: only with engine "rest", because the script connects with a certificate and gets no token of its own',
    });
}
