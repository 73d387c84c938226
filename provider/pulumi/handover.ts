/** What a program knows of the resources whose work a person does: what was attested of them, and what is still to do. */
import * as pulumi from "@pulumi/pulumi";
import { propertyMarks } from "../core/contract";
import { M365AuditError } from "../core/errors";
import type { ResourceKind } from "../core/kind";
import { chosenBackend } from "../operator/backendChoice";
import type { Entry } from "../operator/entry";
import type { Handover, Product } from "../operator/handover";
import type { OperatorStatus } from "../operator/secretReference";
import { linesOf, notKnownYet, type Sheet, type Task, worked } from "../operator/sheet";
import { type Account, standingOf } from "../operator/standing";
import { argumentsOf, isKnown } from "./arguments";
import { programSettings } from "./settings";

/** Whether a person applies what this program declares in the product. */
export function isByPerson(product: Product): boolean {
  return chosenBackend(programSettings(), product) === "operator";
}

/**
 * The attestation that a resource of this program was entered, of whatever declaration; undefined when there is none. Known in a preview.
 *
 * @param type the resource's type in the engine
 */
export function attestedOf(type: string, name: string, parent: pulumi.Resource): pulumi.Output<Entry | undefined> {
  // Without the URN's own dependency: the parent stands for all its children, and one of those that use this would wait for itself.
  return pulumi.output(knownValue(pulumi.createUrn(name, type, parent)).then(attested));
}

async function attested(urn: unknown): Promise<Entry | undefined> {
  return standingOf(await accountOf(String(urn)), undefined).entered;
}

/** Loaded when it is needed: programs with a gateway never read attestations. */
async function accountOf(urn: string): Promise<Account> {
  const { recordedAccount } = await import("../operator/recorded.js");
  return recordedAccount(programSettings(), urn);
}

/** A client secret that a person enters in the product: an old one stays until the new one was attested to be there. */
export interface HeldSecret {
  readonly holdOld: true;
  /** End of the one that the product has, as attested. */
  readonly enteredEndDate: pulumi.Output<string | undefined>;
}

/**
 * @param attested of what holds the secret in the product; undefined where no person enters it
 * @param declared what the program says of the secret; where it decides itself, nothing is added
 */
export function heldSecret(
  attested: pulumi.Output<Entry | undefined> | undefined,
  declared: unknown,
): HeldSecret | undefined {
  const own = (declared as { holdOld?: unknown } | undefined)?.holdOld;
  if (attested === undefined || own !== undefined) return undefined;
  return { holdOld: true, enteredEndDate: attested.apply((entry) => entry?.secret?.endDate) };
}

/** The client secret in use as a run-sheet names it. @param stackOutput where the program gives it out */
export function referenceTo(
  { keyId, endDate }: { readonly keyId: pulumi.Output<string>; readonly endDate: pulumi.Output<string> },
  stackOutput: pulumi.Input<string | undefined> | undefined,
): { keyId: pulumi.Input<string>; endDate: pulumi.Input<string>; stackOutput?: pulumi.Input<string> } {
  return { keyId, endDate, ...(stackOutput === undefined ? {} : { stackOutput: stackOutput as pulumi.Input<string> }) };
}

/** A resource whose work a person may do. */
export interface HandedOverResource extends pulumi.CustomResource {
  readonly status: pulumi.Output<string | undefined>;
}

/** A part of a component that a person does. */
export interface Part {
  readonly resource: HandedOverResource;
  readonly handover: Handover;
  /** The plan of its kind, without guards: what is refused was refused when its arguments were checked. */
  readonly plan: ResourceKind["plan"];
  /** Its properties. */
  readonly inputs: readonly string[];
  /** Properties that are ids of other parts, which a preview can't know before they are made. */
  readonly refersTo?: Readonly<Record<string, pulumi.CustomResource>>;
}

/** @param kind of the resource, with a plan that refuses nothing */
export function part<I extends object, S extends object, D>(
  resource: HandedOverResource,
  { contract, plan }: Pick<ResourceKind<I, S, D>, "contract" | "plan">,
  handover: Handover<I>,
  refersTo?: Part["refersTo"],
): Part {
  // The secrets themselves are no business of a run-sheet.
  const inputs = [...propertyMarks(contract.inputs)].filter(([, { secret }]) => secret !== true).map(([name]) => name);
  const known = { resource, handover, plan: plan as ResourceKind["plan"], inputs };
  return refersTo === undefined ? known : { ...known, refersTo };
}

export interface OpenSteps {
  /** Of all parts together; undefined where no person does them. Unknown in a preview that changes them. */
  readonly status: pulumi.Output<OperatorStatus | undefined>;
  /** How many steps are open, as the runbook counts them. Known in a preview. */
  readonly count: pulumi.Output<number>;
  /** The same output; with `requireAttested`, in an update, only once nothing is open. */
  readonly gate: <T>(output: pulumi.Output<T>) => pulumi.Output<T>;
}

/** An update that asks for attestations met work that nobody has attested yet. */
export class AwaitingOperator extends M365AuditError {
  readonly tag = "AwaitingOperator";
}

/**
 * Counts the steps that a person has yet to do, warns of them in every run, and where the program asks for it refuses to go on.
 *
 * @param component whose parts they are
 * @param resources those whose work a person may do
 * @param partsOf them, asked for only where a person does it
 * @param requireAttested fail an update with open steps, after all of them were recorded
 */
export function openSteps(
  component: pulumi.ComponentResource,
  name: string,
  product: Product,
  resources: readonly HandedOverResource[],
  partsOf: () => Promise<readonly Part[]>,
  requireAttested: pulumi.Input<boolean | undefined> | undefined,
): OpenSteps {
  if (!isByPerson(product)) {
    return { status: pulumi.output(undefined), count: pulumi.output(0), gate: (output) => output };
  }
  const tasks = pulumi.output(partsOf().then(openTasks));
  const count = tasks.apply((all) => all.reduce((sum, { steps }) => sum + steps.length, 0));
  const statuses = pulumi.all(resources.map((resource) => resource.status));
  const status = statuses.apply(worst);
  // In an update it has to be said of each, and not only nothing be left to do; a preview need not know it.
  const standing = pulumi.runtime.isDryRun() ? pulumi.output<OperatorStatus | undefined>(undefined) : status;
  const passed = pulumi
    .all([tasks, count, requireAttested, standing])
    .apply(([all, open, isRequired = false, known]) => {
      if (open === 0 && (known === undefined || known === "attested")) return true;
      const many =
        open === 0
          ? `what is declared in ${product.name} is ${known ?? "not attested"}`
          : `${String(open)} ${open === 1 ? "step is" : "steps are"} open for a person in ${product.name}`;
      const runbook = `\`npx m365audit runbook --stack ${pulumi.getStack()}\` shows them`;
      if (isRequired && !pulumi.runtime.isDryRun()) throw awaiting(name, many, all);
      const consequence = isRequired ? ". An update fails until they are attested (requireAttested)" : "";
      void pulumi.log.warn(`${name}: ${many}; ${runbook}${consequence}.`, component);
      return true;
    });
  return { status, count, gate: (output) => pulumi.all([output, passed]).apply(([value]) => value as never) };
}

function awaiting(name: string, many: string, tasks: readonly Task[]): AwaitingOperator {
  const list = tasks.map((task) => `\n${task.title}\n${linesOf(task).join("\n")}`).join("\n");
  const stack = pulumi.getStack();
  return new AwaitingOperator({
    operation: "requiring attestations of",
    subject: name,
    happened: `${many}:\n${list}\n`,
    next: `Attest them with \`npx m365audit attest --stack ${stack} …\`, then run \`pulumi up\` again.`,
  });
}

/** What is still to do, sheets that share a dialog put together, as the runbook does it. */
async function openTasks(parts: readonly Part[]): Promise<Task[]> {
  const { assess } = await import("../operator/assess.js");
  const ids = new Map<pulumi.CustomResource, string>();
  const sheets: Sheet[] = [];
  for (const { resource, handover, plan, inputs, refersTo = {} } of parts) {
    const urn = String(await knownValue(resource.urn));
    const outputs = resource as unknown as Readonly<Record<string, pulumi.Output<unknown>>>;
    const given = argumentsOf(resource);
    const declared = Object.fromEntries(
      (
        await Promise.all(
          inputs.map(async (input): Promise<[string, unknown]> => {
            const output = await knownValue(outputs[input]);
            const value = output === notKnownYet ? await knownValue(pulumi.output(given[input])) : output;
            const other = refersTo[input];
            return [input, value === notKnownYet && other !== undefined ? ids.get(other) : value];
          }),
        )
      ).filter(([, value]) => value !== undefined),
    );
    const known = await knownValue(resource.id);
    const id = typeof known === "string" && known !== notKnownYet ? known : handover.idOf(declared, urn);
    ids.set(resource, id);
    const account = await accountOf(urn);
    sheets.push(assess({ plan }, handover, { id, stack: pulumi.getStack(), declared, account }).sheet);
  }
  return worked(sheets.filter(({ steps }) => steps.length > 0));
}

/** The value of an output, once it is there; in a preview {@link notKnownYet} for one that only the update will make. */
async function knownValue(output: pulumi.Output<unknown> | undefined): Promise<unknown> {
  if (output === undefined) return undefined;
  const inner = output as unknown as { promise(): Promise<unknown> };
  return (await isKnown(output)) ? inner.promise() : notKnownYet;
}

/** What is said of several: the worst that is said of any. */
function worst(statuses: readonly (string | undefined)[]): OperatorStatus | undefined {
  const order: readonly OperatorStatus[] = ["drifted", "awaitingOperator", "attested"];
  return order.find((status) => statuses.includes(status));
}
