/** What the app may run, by Exchange's own word. */
import { organizationAnchor } from "./anchors";
import type { Transport } from "./transport";

/** The version of the module that is named; which one does not matter for the list of cmdlets. */
const moduleVersion = "3.9.2";

/** Whether the app's roles hold a cmdlet: `EXOModuleFile` lists those that they do (CIPP-API asks it so). */
export async function mayRun(transport: Transport, cmdlet: string): Promise<boolean> {
  const { tenantId } = transport;
  const { json } = await transport.sendPatiently({
    method: "GET",
    url: `${transport.root.replace("/beta/", "/v1.0/")}/EXOModuleFile?Version=${moduleVersion}`,
    anchor: organizationAnchor(tenantId),
    headers: { CommandName: "*" },
    operation: `looking whether the app may run ${cmdlet} in tenant`,
    subject: tenantId,
  });
  const files = Array.isArray(json["value"]) ? (json["value"] as readonly Readonly<Record<string, unknown>>[]) : [];
  const names = files.flatMap(({ exportedCmdlets: list }) => (typeof list === "string" ? list.split(",") : []));
  return names.some((name) => name.trim().toLowerCase() === cmdlet.toLowerCase());
}
