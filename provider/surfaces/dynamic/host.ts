/**
 * The dynamic surface as the engine sees it: what the frozen provider text (`thin.ts`) hands over to. This module is the package's
 * export `./dynamic-host`; its `dispatch(token)` and the methods of what that returns are used by state files that exist, so they
 * stay, and they must go on to read the state that older versions wrote.
 */
import { type ResourceKind, settingsFrom } from "../../core";
import { adoption } from "../../entra/adoption";
import { appAccess } from "../../entra/appAccess";
import { credentialRotation } from "../../entra/credentialRotation";
import { preflight } from "../../entra/preflight";
import { applicationScope } from "../../exchange/applicationScope";
import { mailboxAudit } from "../../exchange/mailboxAudit";
import { connection } from "../../nowprivacy/connection";
import { scopeGuard } from "../../nowprivacy/scopeGuard";
import { operated } from "../../operated";
import { contextFor } from "../context";
import { type Configuration, type DynamicHost, createDynamicHost } from "./methods";

/** Every kind, by token. A token that state files know can only be taken away with a kind that still deletes what they hold. */
const kinds: ReadonlyMap<string, ResourceKind> = new Map(
  [
    mailboxAudit,
    applicationScope,
    preflight,
    credentialRotation,
    adoption,
    appAccess,
    connection,
    scopeGuard,
    ...[...operated.values()].map(({ kind }) => kind),
  ].map((kind) => [kind.contract.token, kind]),
);

const hosts = new Map<string, DynamicHost>();

/**
 * The methods of the kind with this token, the same object each time, because the engine configures it once.
 * @param token `m365audit:<folder>:<Name>`
 */
export function dispatch(token: string): DynamicHost {
  const known = hosts.get(token);
  if (known !== undefined) return known;
  const kind = kinds.get(token);
  if (kind === undefined) {
    throw new Error(
      `the installed pulumi-m365audit knows no resource kind ${token}. The state was written by another version of the package: install that one.`,
    );
  }
  const host = createDynamicHost(kind, (config?: Configuration) =>
    // What a kind reports appears under Diagnostics.
    contextFor(
      settingsFrom((key) => config?.get(key)),
      (line) => console.log(line),
    ),
  );
  hosts.set(token, host);
  return host;
}
