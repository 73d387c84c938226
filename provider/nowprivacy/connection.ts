/**
 * The resource kind `m365audit:nowprivacy:Connection`. What was tested stands until what it rests on changes: a refresh asks nobody, and
 * only another credential, scope or evidence tests again.
 */
import { type Context, defineKind, gone, type Plan, planProperties, type ResourceKind } from "../core";
import { connectionContract, type ConnectionInputs, type ConnectionState } from "./connectionContract";
import { judged, subjectOf, testConnection } from "./preflight/connection";

export { connectionContract } from "./connectionContract";

/** How to test, not what: a change of these alone leaves the test as it is. */
const manner: readonly string[] = ["ignoreWarnings", "timeoutSeconds", "inARow"];

/** Settings: `environment`, `authorityHost`, `graphEndpoint`, `tenantId`. */
export const connection: ResourceKind<ConnectionInputs, ConnectionState> = defineKind<
  ConnectionInputs,
  ConnectionState,
  unknown
>({
  contract: connectionContract,

  observe: (_ctx, { id, last }) =>
    Promise.resolve(
      id === undefined || last?.["testedAt"] === undefined ? gone : { id, state: last as ConnectionState },
    ),

  plan: (desired, observed) => planProperties(connectionContract, desired, observed),

  async apply(ctx, plan) {
    const { desired, observed } = plan;
    // Only the manner differs then, so the rest of the record is as declared.
    if (observed !== gone && stands(plan)) return { id: observed.id, state: { ...observed.state, ...desired } };
    const state = await tested(ctx, desired);
    return { id: observed === gone ? `${desired.tenantId}/connection` : observed.id, state };
  },

  remove: () => Promise.resolve(),
});

async function tested(ctx: Context, desired: ConnectionInputs): Promise<ConnectionState> {
  const test = await testConnection(ctx, desired, desired, desired);
  const { excused, warnings } = judged(test, subjectOf(desired), desired.ignoreWarnings);
  for (const warning of warnings) ctx.report(warning);
  return {
    ...desired,
    mayCrawl: [...test.mayCrawl],
    found: test.found.map(({ lookedFor, answer, found }) => ({ lookedFor, answer, found })),
    warnings: [...warnings],
    excused: excused.length,
    testedAt: test.testedAt,
  };
}

/** Whether what was tested covers what is declared now. */
function stands({ desired, observed, changes }: Plan<ConnectionInputs, ConnectionState>): boolean {
  if (observed === gone) return false;
  if (observed.state.excused > 0 && !desired.ignoreWarnings) return false;
  return changes.every(({ path }) => manner.includes(path));
}
