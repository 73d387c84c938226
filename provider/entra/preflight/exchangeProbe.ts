/** Whether Exchange Online lets an app in. What a token says is one thing; Exchange has a copy of the directory of its own. */
import type { Waiting } from "../../core/wait";
import { type AdminApi, openAdminApi } from "../../exchange/adminApi/client";
import type { AcquireToken } from "../../identity/token";

export interface ExchangeProbe {
  /**
   * Lists one mailbox, with a token got for it. Every role with which an app may connect can do that.
   * @throws AccessRefused when the app is not let in
   */
  readonly ask: () => Promise<void>;
  /** Ends idle connections. */
  readonly close: () => Promise<void>;
}

/** Nothing is opened before the first question. */
export function exchangeProbe(
  ctx: Waiting,
  {
    tenantId,
    endpoint,
    acquire,
  }: { readonly tenantId: string; readonly endpoint: string; readonly acquire: AcquireToken },
): ExchangeProbe {
  let opened: AdminApi | undefined;
  return {
    ask: async () => {
      opened ??= await openAdminApi({
        ...ctx,
        endpoint,
        tenantId: tenantId.toLowerCase(),
        acquireToken: acquire,
      });
      opened.tokens.discard();
      const doing = { operation: "proving access to Exchange Online of tenant", subject: tenantId };
      await opened.run(
        { name: "Get-Mailbox", parameters: { ResultSize: 1 }, select: ["ExternalDirectoryObjectId"] },
        doing,
      );
    },
    close: async () => opened?.close(),
  };
}
