/** Taking an app's scope away, in the reverse order: nothing that is still in use can be removed. */
import { NotFound, Rejected } from "../../core/errors";
import type { Context } from "../../core/kind";
import type { AdminApi, Doing } from "../adminApi/client";
import type { Cmdlet } from "../adminApi/cmdlet";
import { type ConnectExchange, withExchange } from "./connect";
import { type ApplicationScopeState, scopeNameOf } from "./contract";
import type { Target } from "./findings";
import { isDeclared, isMadeHere } from "./steps";
import { assignmentsOf, pointerOf, scopeNamed } from "./wire";

/**
 * Takes the declared assignments away, then the management scope and the pointer to the service principal, those two only if they were
 * made here and nothing else needs them. What is gone already is no error. Where Exchange has another service principal for the app by
 * now, a newer resource has made all of this its own, so nothing is touched.
 */
export async function removeApplicationScope(
  ctx: Context,
  last: ApplicationScopeState,
  connect: ConnectExchange,
): Promise<void> {
  const subject = `app ${last.clientId}`;
  await withExchange(connect(ctx, last), async (api) => {
    const pointer = await pointerOf(api, last.clientId);
    if (pointer !== undefined && pointer.objectId.toLowerCase() !== last.servicePrincipalObjectId.toLowerCase()) {
      ctx.report(`${subject} has another service principal in Exchange by now, and what that one has stays`);
      return;
    }
    const scope = await scopeNamed(api, scopeNameOf(last));
    const assignments = pointer === undefined ? [] : await assignmentsOf(api, pointer);
    const target = targetKindOf(last);
    const [ours, others] = [true, false].map((isOurs) =>
      assignments.filter((one) => (isDeclared(last, { target, scope }, one) || isMadeHere(last, one)) === isOurs),
    );
    for (const { name } of ours ?? []) {
      await removed(api, "Remove-ManagementRoleAssignment", name, {
        operation: "taking a role assignment from",
        subject,
      });
    }
    if (last.madeScope !== undefined) {
      const doing = { operation: "removing the management scope of", subject };
      await unlessUsed(ctx, () => removed(api, "Remove-ManagementScope", last.madeScope ?? "", doing));
    }
    if (pointer === undefined || !last.madeServicePrincipal) return;
    if ((others ?? []).length > 0) {
      ctx.report(`the service principal of ${subject} stays in Exchange: it has assignments that were not made here`);
      return;
    }
    const doing = { operation: "removing the service principal from Exchange of", subject };
    await unlessUsed(ctx, () => removed(api, "Remove-ServicePrincipal", pointer.objectId, doing));
  });
}

/** What an assignment has to be for, whatever the filter says by now. */
function targetKindOf({ scope }: ApplicationScopeState): Target {
  if (scope.type === "everything") return { kind: "everything" };
  if (scope.type === "administrativeUnit") return { kind: "unit", id: scope.unitId.toLowerCase() };
  return { kind: "filter", filter: "" };
}

async function removed(api: AdminApi, name: string, identity: string, doing: Doing): Promise<void> {
  const cmdlet: Cmdlet = { name, parameters: { Identity: identity, Confirm: false } };
  try {
    await api.run(cmdlet, doing);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}

/** Something else uses it by now, and to take that away is not for us. */
async function unlessUsed(ctx: Context, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof Rejected) || !/associated with|in use/i.test(error.facts.happened)) throw error;
    ctx.report(`${error.message}. It stays.`);
  }
}
