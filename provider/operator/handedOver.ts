/**
 * A resource kind whose work a person does, where the stack says so (the operator backend). What was attested stands for what is there;
 * from it and from what is declared the kind's own plan follows, and from the plan the run-sheet. Nothing is sent anywhere.
 */
import {
  type Context,
  type Gone,
  InvalidInput,
  NotFound,
  type Observation,
  type Plan,
  type Problem,
  type Reference,
  type ResourceKind,
  gone,
  requireStackTenant,
} from "../core";
import { assess, type Assessment } from "./assess";
import { chosenBackend } from "./backendChoice";
import type { Handover } from "./handover";
import { nameOf, stackOf } from "./place";
import { recordedAccount } from "./recorded";
import { linesOf, notKnownYet } from "./sheet";
import { type Account, attestationText, endedSecret, standingOf } from "./standing";

/** What `settle` decides from: which person's work it is, and what was attested of it. */
interface Gathered {
  readonly declared: object;
  readonly declaration: string;
  readonly account: Account;
}

export interface HandedOverOptions<I extends object, S extends object, D> {
  /**
   * The kind's plan without its guards, for what was let through before or only has to be shown. Default: the kind's plan, for one that
   * refuses nothing.
   */
  readonly unguarded?: ResourceKind<I, S, D>["plan"];
}

/**
 * The kind with the operator backend beside its own.
 *
 * The declared properties are recorded as they are declared, `status` says whether they were attested, and `runSheet` and `fingerprint`
 * are settled, so that a preview knows them. What someone found to be otherwise in the product is read into the inputs as any drift is.
 */
export function handedOver<I extends object, S extends object, D>(
  kind: ResourceKind<I, S, D>,
  handover: Handover<I>,
  options: HandedOverOptions<I, S, D> = {},
): ResourceKind<I, S, D> {
  const { product, token } = handover;
  const isOurs = (ctx: Context): boolean => chosenBackend(ctx.settings, product) === "operator";
  const held = options.unguarded === undefined ? kind : { plan: options.unguarded };

  return {
    contract: kind.contract,

    gather: async (ctx, declared, recorded) => {
      if (!isOurs(ctx)) return undefined;
      if (Object.keys(recorded).length > 0) requireChosen(ctx, recorded);
      const problems = handover.hasSecret ? withoutReference(declared) : [];
      if (problems.length > 0) throw new InvalidInput(token, problems);
      const declaration = declarationOf(ctx, token);
      return { declared, declaration, account: await recordedAccount(ctx.settings, declaration) } satisfies Gathered;
    },

    settle: (declared, before, now, gathered) => {
      const own = kind.settle?.(declared, before, now) ?? {};
      if (gathered === undefined) return own;
      const { sheet, fingerprint } = assessed(kind, gathered as Gathered);
      const attestation = attestationText((gathered as Gathered).account);
      return { ...own, runSheet: linesOf(sheet), fingerprint: fingerprint ?? notKnownYet, attestation };
    },

    news: (declared, before, after, now, gathered) => {
      const own = kind.news?.(declared, before, after, now) ?? [];
      if (gathered === undefined) return own;
      const { declaration } = gathered as Gathered;
      const { standing, sheet } = assessed(held, gathered as Gathered);
      const name = nameOf(declaration);
      const lines = linesOf(sheet);
      const doubts = [standing.stale, endedSecret(standing, product.name, now)].filter((text) => text !== undefined);
      const stale = doubts.map((text) => `${product.name}, ${name}: ${text}`);
      if (lines.length === 0) return [...own, ...stale];
      // A refresh has read what was found into `before`, the steps against it included: nobody was shown them by that.
      const isNew = standing.status === "drifted" || JSON.stringify(before?.["runSheet"]) !== JSON.stringify(lines);
      const steps = `${product.name}, ${name}: ${String(lines.length)} ${lines.length === 1 ? "step" : "steps"} for a person`;
      return [...own, ...stale, isNew ? `${steps} (${sheet.title}):\n${indented(lines)}` : `${steps}, as before`];
    },

    async observe(ctx, reference) {
      if (!isOurs(ctx)) return kind.observe(ctx, reference);
      const { id, inputs, last } = reference;
      requireOwnTenant(ctx, inputs);
      if (id === undefined) return gone;
      if (last !== undefined) requireChosen(ctx, last);
      if (reference.purpose !== "refresh") return { id, state: (last ?? inputs) as S };
      const declaration = declarationOf(ctx, token);
      return {
        id,
        state: refreshed(id, reference, declaration, await recordedAccount(ctx.settings, declaration)) as S,
      };
    },

    plan: (desired, observed) =>
      (isHandedOver(desired) && isOnlyDeclared(observed) ? held : kind).plan(desired, observed),

    async apply(ctx, plan) {
      if (!isOurs(ctx)) return kind.apply(ctx, plan);
      // With what was settled when the inputs were checked.
      const { desired, observed } = plan as Plan<I & { fingerprint?: string }, S, D>;
      const declaration = declarationOf(ctx, token);
      const id = observed === gone ? handover.idOf(desired, declaration) : observed.id;
      const account = await recordedAccount(ctx.settings, declaration);
      const standing = standingOf(account, desired.fingerprint);
      const state = {
        ...desired,
        attestation: attestationText(account),
        status: standing.status,
        ...handover.outputs(id, desired, standing.entered),
      };
      return { id, state: state as unknown as S };
    },

    async remove(ctx, id, last) {
      if (!isOurs(ctx)) return kind.remove(ctx, id, last);
      requireChosen(ctx, last);
      requireOwnTenant(ctx, last);
      const declaration = declarationOf(ctx, token);
      ctx.report(await removalOf(ctx, id, declaration));
    },
  };

  function assessed(by: Pick<ResourceKind<I, S, D>, "plan">, { declared, declaration, account }: Gathered): Assessment {
    const id = handover.idOf(declared as I, declaration);
    return assess(by, handover, { id, stack: stackOf(declaration), declared, account });
  }

  /** What is recorded, with how it stands by now. */
  function refreshed(id: string, { inputs, last }: Reference<I>, declaration: string, account: Account): object {
    const recorded = (last ?? inputs) as Record<string, unknown>;
    const about = assess(held, handover, { id, stack: stackOf(declaration), declared: recorded, account });
    const fingerprint = typeof recorded["fingerprint"] === "string" ? recorded["fingerprint"] : about.fingerprint;
    // An earlier refresh may have read what was found into the inputs; what is declared is not known here then.
    const isDeclared = about.fingerprint === fingerprint;
    const standing = isDeclared ? about.standing : standingOf(account, fingerprint);
    const isRead = standing.found !== undefined && (standing.status === "drifted" || !isDeclared);
    const entered = handover.entered;
    const properties = isRead
      ? {
          ...Object.fromEntries(Object.entries(recorded).filter(([name]) => !entered.includes(name))),
          ...standing.found,
        }
      : recorded;
    return {
      ...properties,
      runSheet: isDeclared ? linesOf(about.sheet) : standing.status === "attested" ? [] : recorded["runSheet"],
      fingerprint,
      attestation: attestationText(account),
      status: standing.status,
      ...handover.outputs(id, properties as I, standing.entered),
    };
  }

  /**
   * Holds a stack to a person where nobody chose one: a gateway's address that is missing for one run must not make a gateway's resources
   * a person's, of which nothing is read and nothing removed.
   */
  function requireChosen({ settings }: Context, recorded: object): void {
    const setting = `m365audit:${product.settings}Backend`;
    if (isHandedOver(recorded) || settings.get(`${product.settings}Backend`) !== undefined) return;
    const message =
      `not set, and the resource was made through a backend that a program reaches; set it again, with whatever else that needs ` +
      `(m365audit:${product.settings}Endpoint), or set ${setting} to operator to hand the resource over to a person`;
    throw new InvalidInput(token, [{ path: setting, message }]);
  }

  /** What is said when it is no longer declared. The steps are not lost with this: the runbook has them until someone attests them. */
  async function removalOf(ctx: Context, id: string, declaration: string): Promise<string> {
    const name = nameOf(declaration);
    const stack = stackOf(declaration);
    let account: Account;
    try {
      account = await recordedAccount(ctx.settings, declaration);
    } catch (error) {
      // What is in the product can't be told, which is no reason to keep the record of a declaration that is gone.
      return `${product.name}, ${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
    const { found, entered } = standingOf(account, undefined);
    if (found === undefined) {
      return `${product.name}, ${name}: nobody attested that it was entered, so nothing is to be removed, unless someone entered it all the same`;
    }
    const sheet = handover.removal({ id, stack, found, vendorId: entered?.id });
    const lines = linesOf(sheet);
    if (lines.length === 0) return `${product.name}, ${name}: nothing to do (${sheet.title})`;
    // Whether it is made anew in the same run is known to the engine alone; afterwards the runbook tells.
    const when = `unless this run makes it anew; \`npx m365audit runbook --stack ${stack}\` tells when it is over`;
    return `${product.name}, ${name}: still in the product, for a person to remove, ${when}:\n${indented(lines)}`;
  }
}

function isHandedOver(desired: object): boolean {
  return (desired as { fingerprint?: unknown }).fingerprint !== undefined;
}

/**
 * Whether what is recorded was handed over and need not be in the product: then a guard has nothing to hold a change against, and what was
 * attested was guarded when the inputs were checked.
 */
function isOnlyDeclared(observed: Observation<object> | Gone): boolean {
  if (observed === gone) return true;
  const { status } = observed.state as { status?: unknown };
  return isHandedOver(observed.state) && status !== "attested" && status !== "drifted";
}

function withoutReference(declared: object): Problem[] {
  if ((declared as { clientSecretReference?: unknown }).clientSecretReference !== undefined) return [];
  const message =
    "not given; with the operator backend it has to name the secret (its Secret ID, `keyId`), because the secret itself may stand in no run-sheet and no attestation";
  return [{ path: "clientSecretReference", message }];
}

/** A stack for one tenant hands over nothing of another. */
function requireOwnTenant({ settings }: Context, properties: object): void {
  const { tenantId } = properties as { tenantId?: unknown };
  if (typeof tenantId === "string") requireStackTenant(settings, tenantId, "handing over what is declared for tenant");
}

/** @throws NotFound where the surface does not know which declaration this is */
function declarationOf({ declaration }: Context, token: string): string {
  if (declaration !== undefined) return declaration;
  throw new NotFound({
    operation: "looking up the attestation of",
    subject: token,
    happened: "it is not known which resource this is: its record has no URN",
    next: "Run `pulumi up --refresh=false` once with this version of the package.",
  });
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}
