import { type Clock, systemClock } from "../../provider/core";
import { mailboxAudit, type MailboxAuditState } from "../../provider/exchange/mailboxAudit";
import { settingsFrom } from "../../provider/core/settings";
import { contextFor } from "../../provider/surfaces/context";
import { createDynamicHost } from "../../provider/surfaces/dynamic/methods";
import type { Contender } from "./contender";

/** The resource kind `m365audit:exchange:MailboxAudit`, checked and created as the dynamic surface does it for the engine. */
export const ours: Contender = {
  name: "ours",
  async run(connection, { timeScale, declared = {}, last }) {
    const settings = settingsFrom(() => undefined);
    const host = createDynamicHost(mailboxAudit, () => ({
      ...contextFor(settings, () => undefined),
      clock: scaledClock(timeScale),
    }));
    const { inputs, failures } = await host.check(last?.properties ?? {}, { ...connection, ...declared });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    // A new policy first proves that its app is let in, which takes seconds that no contender spends: so the app is known to ours too.
    const { id, properties } = last ?? { id: `${connection.tenantId}/mailboxAudit`, properties: inputs };
    const { outs } = await host.update(id, properties, inputs);
    const { mailboxes, changed, failed } = outs as unknown as MailboxAuditState;
    return { mailboxes, changed, failed: failed.count, recorded: { id, properties: outs } };
  },
};

/** A clock that runs so many times as fast, as the tenant's does. */
function scaledClock(factor: number): Clock {
  const started = Date.now();
  const origin = performance.now();
  return {
    now: () => started + (performance.now() - origin) * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
