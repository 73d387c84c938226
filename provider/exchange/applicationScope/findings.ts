/** Looking at what Exchange knows of an app, and working out what its declared scope comes to. */
import { InvalidInput } from "../../core/errors";
import type { AdminApi } from "../adminApi/client";
import { type ApplicationScopeInputs, type ApplicationScopeState, scopeNameOf } from "./contract";
import { ofDomain, ofGroup, ofMailbox } from "./recipientFilter";
import { scopeText } from "./scope";
import {
  type Assignment,
  assignmentsOf,
  distinguishedNameOf,
  mailboxNamed,
  type Pointer,
  pointerOf,
  type Scope,
  scopeNamed,
} from "./wire";

/** What a declared scope comes to. */
export type Target =
  | { readonly kind: "everything" }
  | { readonly kind: "filter"; readonly filter: string }
  | { readonly kind: "unit"; readonly id: string };

/** All that is needed to plan. */
export interface Findings {
  /** What of the declaration the findings are about: see {@link aboutOf}. */
  readonly about: string;
  readonly target: Target;
  readonly pointer: Pointer | undefined;
  /** The management scope of the declared name. */
  readonly scope: Scope | undefined;
  /** A management scope that was made here under another name, or for another kind of scope. */
  readonly former: Scope | undefined;
  readonly assignments: readonly Assignment[];
  readonly made: Made;
}

/** What was made here, rather than taken over. */
export interface Made {
  readonly servicePrincipal: boolean;
  /** Name of a management scope. */
  readonly scope: string | undefined;
}

/** What findings depend on: for other inputs, they have to be made anew. */
export function aboutOf(inputs: ApplicationScopeInputs): string {
  const ids = [inputs.tenantId, inputs.clientId].join("/").toLowerCase();
  return `${ids}: ${scopeText(inputs.scope)} in ${scopeNameOf(inputs)}`;
}

/** @throws NotFound or InvalidInput when the scope names a group or mailbox that is none */
export async function look(
  api: AdminApi,
  inputs: ApplicationScopeInputs,
  last: Readonly<Record<string, unknown>> | undefined,
): Promise<Findings> {
  const made = madeIn(last);
  const target = await targetOf(api, inputs);
  const pointer = await pointerOf(api, inputs.clientId);
  const name = scopeNameOf(inputs);
  const scope = await scopeNamed(api, name);
  const isFormer = made.scope !== undefined && made.scope.toLowerCase() !== name.toLowerCase();
  const former = isFormer
    ? await scopeNamed(api, made.scope)
    : target.kind === "filter"
      ? undefined
      : ownScope(scope, made);
  const assignments = pointer === undefined ? [] : await assignmentsOf(api, pointer);
  return { about: aboutOf(inputs), target, pointer, scope, former, assignments, made };
}

/** A scope that was taken over is left alone. */
function ownScope(scope: Scope | undefined, made: Made): Scope | undefined {
  return made.scope === undefined ? undefined : scope;
}

async function targetOf(api: AdminApi, { scope }: ApplicationScopeInputs): Promise<Target> {
  switch (scope.type) {
    case "everything":
      return { kind: "everything" };
    case "administrativeUnit":
      return { kind: "unit", id: scope.unitId.toLowerCase() };
    case "domain":
      return { kind: "filter", filter: ofDomain(scope.domain.toLowerCase()) };
    case "groupEmail":
      return { kind: "filter", filter: ofGroup(await distinguishedNameOf(api, scope.email)) };
    case "userEmail":
      await mustBePrimary(api, scope.email);
      return { kind: "filter", filter: ofMailbox(scope.email.toLowerCase()) };
  }
}

/** A filter by address goes by the primary one: by another, it would let the app into no mailbox. */
async function mustBePrimary(api: AdminApi, email: string): Promise<void> {
  const mailbox = await mailboxNamed(api, email);
  if (mailbox?.address === email.toLowerCase()) return;
  const message =
    mailbox === undefined
      ? `${JSON.stringify(email)} was given; allowed: the primary address of a mailbox, and there is no such mailbox`
      : `${JSON.stringify(email)} was given; allowed: the primary address of that mailbox, ${mailbox.address}`;
  throw new InvalidInput("the scope of an app", [{ path: "scope.email", message }]);
}

function madeIn(last: Readonly<Record<string, unknown>> | undefined): Made {
  const recorded = (last ?? {}) as Partial<ApplicationScopeState>;
  return { servicePrincipal: recorded.madeServicePrincipal === true, scope: recorded.madeScope };
}
