/** Looking at what an app holds. */
import { AccessRefused, NotFound } from "../../core/errors";
import type { Context, Reference } from "../../core/kind";
import { type Gone, gone, type Observation } from "../../core/plan";
import { isTransient, retry } from "../../core/retry";
import type { GraphClient, ServicePrincipal } from "../graph/client";
import { type ConnectGraph, withGraph } from "../graph/connect";
import { appAccessContract, type AppAccessInputs, type AppAccessState } from "./contract";
import { beyond, declaredKeys, type Held, heldPermission, heldRole, wellKnownRoleName } from "./held";

/** What an apply has to know besides what is recorded. */
export interface AppAccessFindings {
  /** What may be held. */
  readonly allowed: ReadonlySet<string>;
  /** Everything beyond it. */
  readonly excess: readonly Held[];
}

export type AppAccessObservation = Observation<AppAccessState, AppAccessFindings>;

/** The id of an app's access. */
export function idOf({ tenantId, servicePrincipalObjectId }: AppAccessInputs): string {
  return `${tenantId}/${servicePrincipalObjectId}`.toLowerCase();
}

/**
 * On a refresh, refused access is told as drift, so that the preview goes on and says so; before an apply it is an error.
 *
 * @returns `gone` when the service principal is no longer there
 * @throws NotFound before the first apply, when the service principal does not turn up within a minute
 */
export async function observeAppAccess(
  ctx: Context,
  reference: Reference<AppAccessInputs>,
  connect: ConnectGraph,
): Promise<AppAccessObservation | Gone> {
  const { id, inputs } = reference;
  try {
    const held = await withGraph(connect(ctx, inputs), (graph) =>
      id === undefined ? onceThere(ctx, () => heldBy(graph, inputs)) : heldBy(graph, inputs),
    );
    const allowed = allowedBy(reference);
    const excess = beyond(held, allowed);
    const state = stateOf(recordedInputs(reference.last) ?? inputs, excess);
    return { id: idOf(inputs), state, detail: { allowed, excess } };
  } catch (error) {
    if (error instanceof NotFound && id !== undefined) return gone;
    if (error instanceof AccessRefused && id !== undefined && reference.purpose === "refresh") {
      return { id, state: unreadable(reference, error) };
    }
    throw error;
  }
}

/** A service principal that was only just made is not known to every replica yet. */
function onceThere<T>(ctx: Context, look: () => Promise<T>): Promise<T> {
  return retry(look, {
    ...ctx,
    policy: { attempts: 12, deadlineMs: 60_000, baseMs: 2_000, capMs: 10_000 },
    // The client itself is patient with what passes; here it is only the object that is waited for.
    retryable: (error) => error instanceof NotFound && !isTransient(error),
  });
}

/**
 * Everything that the app was assigned directly.
 * @throws NotFound when there is no such service principal
 */
export async function heldBy(
  graph: GraphClient,
  { servicePrincipalObjectId }: Pick<AppAccessInputs, "servicePrincipalObjectId">,
): Promise<readonly Held[]> {
  const [permissions, roles] = await Promise.all([
    graph.appRoleAssignments(servicePrincipalObjectId),
    graph.roleAssignments(servicePrincipalObjectId),
  ]);
  const apis = await each(
    permissions.map(({ resourceId }) => resourceId),
    (objectId) => graph.servicePrincipal({ objectId }),
  );
  const names = await each(
    roles.map(({ roleDefinitionId }) => roleDefinitionId),
    async (role) => wellKnownRoleName(role) ?? (await graph.roleName(role)),
  );
  return [
    ...permissions.map((one) => heldPermission(one, known<ServicePrincipal>(apis.get(one.resourceId)))),
    ...roles.map((one) => heldRole(one, known<string>(names.get(one.roleDefinitionId)) ?? one.roleDefinitionId)),
  ];
}

/**
 * What may be held. Before an apply, that includes what was declared the last time: a permission that has left the program goes with
 * its own resource, later in the same run, and would be missing there.
 */
function allowedBy({ inputs, last, purpose }: Reference<AppAccessInputs>): ReadonlySet<string> {
  const before = purpose === "refresh" ? undefined : recordedInputs(last);
  return new Set([...declaredKeys(inputs), ...(before === undefined ? [] : declaredKeys(before))]);
}

const sampleSize = 20;

/** What is recorded. */
export function stateOf(inputs: AppAccessInputs, excess: readonly Held[]): AppAccessState {
  const excessive = { count: excess.length, sample: excess.slice(0, sampleSize).map(({ name }) => name) };
  const isDrift = excess.length > 0 && inputs.excess !== "report";
  return { ...inputs, excessive, ...(isDrift ? { beyondDeclared: excessive } : {}) };
}

function unreadable({ inputs, last }: Reference<AppAccessInputs>, error: AccessRefused): AppAccessState {
  const sentence = error.message.endsWith(".") ? error.message : `${error.message}.`;
  return { ...inputs, excessive: { count: 0, sample: [] }, ...last, unreadable: sentence };
}

/** What was declared when the record was made; undefined where there is none. */
function recordedInputs(last: Readonly<Record<string, unknown>> | undefined): AppAccessInputs | undefined {
  if (last?.["tenantId"] === undefined) return undefined;
  const names = Object.keys(appAccessContract.inputs.shape).filter((name) => last[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, last[name]])) as unknown as AppAccessInputs;
}

/** Asks once for each different id. */
async function each<T>(ids: readonly string[], ask: (id: string) => Promise<T>): Promise<ReadonlyMap<string, T>> {
  const answers = [...new Set(ids)].map(async (id) => [id, await ask(id)] as const);
  return new Map(await Promise.all(answers));
}

function known<T>(value: T | Gone | undefined): T | undefined {
  return value === gone ? undefined : value;
}
