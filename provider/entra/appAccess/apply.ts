/** Taking away what an app holds beyond what is declared. */
import { AccessRefused, M365AuditError, NotFound, PartiallyApplied, Rejected } from "../../core/errors";
import type { Applied, Context } from "../../core/kind";
import { gone, type Plan } from "../../core/plan";
import type { GraphClient } from "../graph/client";
import { type ConnectGraph, withGraph } from "../graph/connect";
import type { AppAccessInputs, AppAccessState } from "./contract";
import { beyond, type Held } from "./held";
import { type AppAccessFindings, heldBy, idOf, stateOf } from "./observe";
import { pathOf } from "./plan";

export type AppAccessPlan = Plan<AppAccessInputs, AppAccessState, AppAccessFindings>;

/**
 * Takes away just what is planned, then looks again.
 *
 * @throws NotFound when the service principal is not there
 * @throws PartiallyApplied when something could not be taken away; the next run does the rest
 */
export async function applyAppAccess(
  ctx: Context,
  plan: AppAccessPlan,
  connect: ConnectGraph,
): Promise<Applied<AppAccessState>> {
  const { desired, observed, changes } = plan;
  if (observed === gone) {
    throw new NotFound({
      operation: "limiting the access of service principal",
      subject: desired.servicePrincipalObjectId,
      happened: "it is not there",
      property: "servicePrincipalObjectId",
    });
  }
  const { detail } = observed;
  if (detail === undefined) {
    throw new Rejected({
      operation: "limiting the access of service principal",
      subject: desired.servicePrincipalObjectId,
      happened: "the plan was made from what was recorded and does not say what the app holds",
      next: "Observe first.",
    });
  }
  const { excess, allowed } = detail;
  const planned = new Set(changes.map(({ path }) => path));
  const removals = excess.filter((held) => planned.has(pathOf(held)));
  if (removals.length === 0) return { id: idOf(desired), state: stateOf(desired, excess) };
  return withGraph(connect(ctx, desired), async (graph) => {
    const failures = await removeAll(ctx, graph, removals);
    const rest = excess.filter((held) => !removals.includes(held) || failures.has(held));
    if (failures.size > 0) throw partly(desired, rest, failures);
    const again = await heldBy(graph, desired);
    // A replica may still show what was just taken away.
    const isRemoved = (held: Held): boolean => removals.some(({ assignment }) => assignment.id === held.assignment.id);
    const surplus = beyond(again, allowed).filter((held) => !isRemoved(held));
    return { id: idOf(desired), state: stateOf(desired, surplus) };
  });
}

async function removeAll(
  ctx: Context,
  graph: GraphClient,
  removals: readonly Held[],
): Promise<ReadonlyMap<Held, M365AuditError>> {
  const failures = new Map<Held, M365AuditError>();
  for (const held of removals) {
    try {
      const { assignment } = held;
      if (assignment.kind === "permission") await graph.removeAppRoleAssignment(assignment);
      else await graph.removeRoleAssignment(assignment);
      ctx.report(`taken away: ${held.name}`);
    } catch (error) {
      if (!(error instanceof M365AuditError)) throw error;
      failures.set(held, error);
    }
  }
  return failures;
}

function partly(
  desired: AppAccessInputs,
  rest: readonly Held[],
  failures: ReadonlyMap<Held, M365AuditError>,
): PartiallyApplied {
  const reasons = [...failures].map(([{ name }, { message }]) => `${name}: ${message}`);
  const refused = [...failures.values()].find((error) => error instanceof AccessRefused);
  return new PartiallyApplied(
    {
      operation: "limiting the access of service principal",
      subject: desired.servicePrincipalObjectId,
      happened: `${String(failures.size)} could not be taken away${reasons.map((line) => `\n  - ${line}`).join("")}`,
      next: refused?.facts.next ?? "Run up again to do the rest.",
    },
    idOf(desired),
    stateOf(desired, rest),
    reasons,
  );
}
