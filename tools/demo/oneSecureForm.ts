/** Someone who looks into the sandbox's 1Secure and types what stands there into the form of `m365audit verify`. */
import type { SandboxControl } from "../../sandbox";

/** @param form as the command wrote it, each field empty */
export function typedInto(form: string, control: SandboxControl): string {
  const { sources, credentials, connectors } = control.oneSecure();
  const [[source], [audit], [connector]] = [sources, credentials, connectors];
  if (!source || !audit || !connector) throw new Error("1Secure shows no source to look at");
  const used = credentials.find(({ id }) => id === source.credentialId);
  const seen: Readonly<Record<string, string>> = {
    Organization: source.organization,
    "Client ID": audit.clientId,
    "Display Name": audit.displayName,
    "Source Group": source.sourceGroup,
    "Tenant ID": source.tenantId,
    "Crawl Source": source.crawlSource ? "ON" : "OFF",
    Credentials: used?.displayName ?? "",
    "Tenant ID of the source": source.tenantId,
    "Exchange Online Activity": connector.enabled ? "ON" : "OFF",
    "Collect non-owner mailbox audit data": connector.collectNonOwnerMailboxAuditData ? "checked" : "not checked",
  };
  return form.replace(/^( {2}"?)([^"#:\n]+)("?:)$/gm, (_, before: string, label: string, after: string) => {
    const value = seen[label];
    if (value === undefined) throw new Error(`the form asks for ${label}, which 1Secure does not show`);
    return `${before}${label}${after} ${JSON.stringify(value)}`;
  });
}
