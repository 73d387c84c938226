/**
 * The resource kind `m365audit:nowprivacy:ScopeGuard`. The engine judges a change when its turn comes, so what narrows an app's access
 * would be done before the data source that cannot stand it is looked at. The guard's turn is before both.
 */
import { type Context, defineKind, gone, InvalidInput, planProperties, requireStackTenant, sameTenant } from "../core";
import type { DataSource } from "./backend";
import { connectBackend, isReadable } from "./connect";
import { crawlStateOf } from "./crawlState";
import { lossesOf } from "./dataLoss";
import { covers, scopeText } from "./ingestionScope";
import { scopeGuardContract, type ScopeGuardInputs, type ScopeGuardState } from "./scopeGuardContract";

export { scopeGuardContract } from "./scopeGuardContract";

/** Settings: those of the connection to NOW Privacy, `tenantId`. */
export const scopeGuard = defineKind<ScopeGuardInputs, ScopeGuardState, unknown>({
  contract: scopeGuardContract,

  observe: (_ctx, { id, last }) =>
    Promise.resolve(id === undefined ? gone : { id, state: (last ?? {}) as ScopeGuardState }),

  plan: (desired, observed) => planProperties(scopeGuardContract, desired, observed),

  async apply(ctx, { desired, observed }) {
    requireStackTenant(ctx.settings, desired.tenantId, "guarding NOW Privacy's copy of tenant");
    if (!desired.allowDataLoss) await requireNoLoss(ctx, desired, observed === gone ? undefined : observed.state);
    const id = `${desired.tenantId}/${desired.applicationId}/scopeGuard`;
    return { id: observed === gone ? id : observed.id, state: desired };
  },

  remove: () => Promise.resolve(),
});

/** @throws InvalidInput when a data source that signs in with the app still crawls what would no longer be in scope */
async function requireNoLoss(
  ctx: Context,
  desired: ScopeGuardInputs,
  last: ScopeGuardState | undefined,
): Promise<void> {
  const backend = isReadable(ctx) ? await connectBackend(ctx) : undefined;
  if (backend === undefined || backend.createOnly === true) {
    const scope = scopeText(desired.ingestionScope);
    if (last !== undefined && !covers(desired.ingestionScope, last.ingestionScope)) {
      const message =
        `changing the scope from ${scopeText(last.ingestionScope)} to ${scope} makes NOW Privacy delete its own copy of what the next ` +
        "crawl no longer sees. It cannot be read what it holds. Allowed: with `allowDataLoss: true`";
      throw new InvalidInput(scopeGuardContract.token, [{ path: "ingestionScope", message }]);
    }
    ctx.report(
      `NOW Privacy: what it holds cannot be read, so see to it yourself that nothing beyond ${scope} is crawled any more`,
    );
    return;
  }
  const problems = (await backend.dataSources())
    .filter(({ applicationId }) => applicationId.toLowerCase() === desired.applicationId)
    .filter(({ tenantId }) => sameTenant(tenantId, desired.tenantId))
    .flatMap((source) => lossesIn(source, desired));
  if (problems.length > 0) throw new InvalidInput(scopeGuardContract.token, problems);
}

function lossesIn(source: DataSource, { ingestionScope }: ScopeGuardInputs): ReturnType<typeof lossesOf> {
  const { service, tenantId, crawlMode, crawl, id } = source;
  if (service !== "exchange") return [];
  const wanted = { service, tenantId, crawlMode, ingestionScope };
  const found = { ...wanted, ingestionScope: source.ingestionScope, crawl: crawlStateOf(source), progress: crawl };
  return lossesOf(wanted, found).map(({ path, message }) => ({ path, message: `data source ${id}: ${message}` }));
}
