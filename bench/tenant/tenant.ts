/** A tenant for the contenders: a sandbox in a process of its own, and in it mailboxes of which a known share is to change. */
import * as path from "node:path";
import type { Counters } from "../../sandbox/control";
import { createOrganization } from "../../sandbox/exchange/organization";
import type { ExchangeCounters } from "../../sandbox/exchange/model";
import { defaultRecipientTypes, netwrixNonOwner } from "../../provider/exchange/auditActions";
import type { ExchangeLoad } from "../../sandbox";
import { startProgram } from "../process";
import { addApp, type Connection } from "./app";
import { jsonOver, type SendJson } from "./http";
import type { Served, ServeOptions } from "./serve";

const domain = "contoso.onmicrosoft.com";
const smallDomain = "fabrikam.onmicrosoft.com";
/** Of the tenant on which contenders load their code, unless more of it is asked for. */
const smallSize = 60;

export interface BenchTenant {
  readonly connection: Connection;
  /** Another tenant of the same sandbox, with a few mailboxes: there a contender loads its code before the clock starts. */
  readonly warmUp: Connection;
  /** What a process needs to trust the sandbox and to find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes every mailbox as the vendor's lists want it, but for a share of those in scope. Gives how many are to change. */
  prepare(share: number): Promise<number>;
  setLoad(load: ExchangeLoad): Promise<void>;
  /** What was asked of the tenant since the last call. */
  counted(): Promise<ExchangeCounters>;
  /** How many mailboxes in scope are not as the vendor's lists want them. */
  wrong(): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param inScope how many mailboxes of the five types that the vendor names; there are group mailboxes besides
 * @param warmUpSize mailboxes of the tenant on which contenders warm up
 */
export async function startTenant(inScope: number, warmUpSize = smallSize): Promise<BenchTenant> {
  const told: ServeOptions = {
    tenants: [
      { initialDomain: domain, mailboxes: sizeWith(inScope) },
      { initialDomain: smallDomain, mailboxes: warmUpSize },
    ],
  };
  const sandbox = await startProgram<Served>(path.join(__dirname, "serve.js"), told);
  const { origin, caFile, tenants } = sandbox.answer;
  const [large, small] = tenants;
  if (large === undefined || small === undefined) throw new Error("the sandbox has no tenants");
  const { send, close } = jsonOver(origin, caFile);
  const connection = await addApp(send, large);
  const warmUp = await addApp(send, small);
  return {
    connection,
    warmUp,
    environment: large.environment,
    prepare: async (share) => {
      for (const tenant of [domain, smallDomain]) {
        await setAll(send, tenant, wanted, 1);
        const changed = await setAll(send, tenant, narrow, share);
        if (tenant === domain && changed !== Math.floor(inScope * share))
          throw new Error(`${String(changed)} are to change`);
      }
      await send("DELETE", "/_sandbox/counters");
      return Math.floor(inScope * share);
    },
    setLoad: async (load) => {
      await send("PUT", "/_sandbox/exchange/load", load);
    },
    counted: async () => {
      const { tenants: counters } = (await send("GET", "/_sandbox/counters")) as Counters;
      await send("DELETE", "/_sandbox/counters");
      const counted = counters[large.id];
      if (counted === undefined) throw new Error("the sandbox counts nothing for its tenant");
      return counted;
    },
    wrong: async () => {
      const { value } = (await send("GET", `/_sandbox/tenants/${domain}/mailboxes`)) as {
        readonly value: readonly Held[];
      };
      return value.filter((one) => scope.includes(one.recipientTypeDetails) && !isRight(one)).length;
    },
    close: async () => {
      await close();
      await sandbox.end();
    },
  };
}

interface Held {
  readonly recipientTypeDetails: string;
  readonly auditAdmin: readonly string[];
  readonly auditDelegate: readonly string[];
}

const scope: readonly string[] = defaultRecipientTypes;
const wanted = { auditEnabled: true, auditAdmin: netwrixNonOwner.Admin, auditDelegate: netwrixNonOwner.Delegate };
const narrow = { auditDelegate: ["Update", "SendAs"] };

function isRight({ auditAdmin, auditDelegate }: Held): boolean {
  return (
    netwrixNonOwner.Admin.every((action) => auditAdmin.includes(action)) &&
    netwrixNonOwner.Delegate.every((action) => auditDelegate.includes(action))
  );
}

async function setAll(send: SendJson, tenant: string, audit: object, share: number): Promise<number> {
  // Yesterday: what has only just changed is read again by an incremental scan.
  const whenChanged = Date.now() - 24 * 3_600_000;
  const body = { audit, share, recipientTypes: defaultRecipientTypes, whenChanged };
  return ((await send("PATCH", `/_sandbox/tenants/${tenant}/mailboxes`, body)) as { readonly changed: number }).changed;
}

/** The size of a tenant with so many mailboxes in scope. The last mailbox of a seeded tenant is for discovery. */
function sizeWith(inScope: number): number {
  const most = createOrganization({
    tenantId: "00000000-0000-4000-8000-000000000000",
    initialDomain: domain,
    mailboxes: inScope * 2 + 100,
    seed: "m365audit",
    now: () => 0,
  });
  let found = 0;
  let size = 0;
  while (found < inScope) if (scope.includes(most.glance(size++).recipientTypeDetails)) found++;
  return size + 1;
}
