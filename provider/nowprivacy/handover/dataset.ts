/** The dataset as a person makes it. */
import { nowprivacy } from "../../operator/products";
import type { Handover } from "../../operator/handover";
import { operatorId } from "../../operator/ids";
import { notKnownYet, shown, type Step, type Values } from "../../operator/sheet";
import type { DatasetInputs } from "../dataset";
import { fields, labels } from "./datasetFields";
import { shortHash, step, tasks } from "./words";

const entered = [
  "name",
  "securityGroups",
  "visibleToNobody",
  "adoptExisting",
] as const satisfies readonly (keyof DatasetInputs)[];

/** What is declared; in a preview, anything of it may not be known yet. */
type Declared = { readonly [K in keyof DatasetInputs]?: unknown };

export const datasetHandover: Handover<DatasetInputs> = {
  token: "m365audit:nowprivacy:Dataset",
  product: nowprivacy,
  entered,
  hasSecret: false,
  idOf: (_, declaration) => operatorId("dataset", shortHash(declaration)),

  sheet({ id, declared: given, found, changes }) {
    const declared: Declared = given;
    const task = tasks.dataset(id);
    const changed = new Set(changes.map(({ path }) => path.split(/[.[]/)[0] ?? path));
    const names = entered.filter((name) => changed.has(name));
    const dataset = `the dataset ${shown(declared.name)}`;
    if (names.length === 0) return { task, title: `Nothing to do for ${dataset}`, steps: [] };
    const afterAll = names.includes("name") ? [tasks.datasetRemovals(declared.name)] : [];
    if (found !== undefined) {
      const title = `Change the dataset ${shown(found["name"])}`;
      return { task, title, steps: update(declared, found, names), afterAll };
    }
    return declared.adoptExisting === true
      ? { task, title: `Take over ${dataset}`, steps: takingOver(declared), afterAll }
      : { task, title: `Create ${dataset}`, steps: creation(declared), afterAll };
  },

  /** Its data sources go before it; which there are is not known here. */
  removal({ id, found, vendorId }, heir) {
    const task = tasks.datasetRemoval(found["name"], id);
    const dataset = `the dataset ${shown(found["name"])}${vendorId === undefined ? "" : `, id ${shown(vendorId)}`}`;
    if (found["adoptExisting"] === true) {
      return { task, title: `Leave ${dataset} as it is: it was taken over, so it stays`, steps: [] };
    }
    return {
      task,
      title: `Delete ${dataset}`,
      // What is made in another dataset of this name has to wait for this, also where it is made in place of what is in this one.
      afterAll: [tasks.dataSourceRemovals, ...(heir === undefined ? [tasks.dataSourceReplacements] : [])],
      steps: [
        step(
          1,
          `From the main menu select **Data Sources** and check that no data source belongs to ${dataset} any more. If one does that you want to keep, stop.`,
        ),
        step(2, `Delete ${dataset}. This deletes data: NOW Privacy's own copy of whatever is in it goes with it.`),
      ],
    };
  },

  isSameThing: ({ name }, found) => name !== undefined && name === found["name"],

  outputs: (id, { securityGroups, adoptExisting }, attestation) => ({
    datasetId: id,
    visibleTo: [...new Set(listOf(securityGroups) ?? [])].sort(),
    adopted: adoptExisting,
    ...(attestation?.id === undefined ? {} : { vendorId: attestation.id }),
  }),

  fields,
};

/** In the dialog of its first data source the dataset is made there (Add to new Data Set), and the way of its own falls away. */
function creation(declared: Declared): Step[] {
  return [
    { ...step(1, "From the main menu select **Data Sources**."), alone: true },
    { ...step(1.1, "Click **New…** > **New Data Set**."), alone: true },
    { ...step(1.2, `In the **New Data Set** dialog, type ${shown(declared.name)}.`), alone: true },
    { ...step(1.3, "Click **Add Data Set**."), alone: true },
    ...membership(declared),
  ];
}

function takingOver(declared: Declared): Step[] {
  const name = shown(declared.name);
  return [
    step(
      0.5,
      `From the main menu select **Data Sources** and check that the dataset ${name} is there: it is taken over. If it is not, stop: either the name is wrong, or \`adoptExisting\` has to go from the declaration, so that the dataset is made.`,
    ),
    ...membership(declared),
  ];
}

const groups = "From the main menu select **System** and click **Security Groups**";

const toGroups = step(
  20,
  `${groups}: nobody sees a dataset's data but the members of its groups. A group that is not there yet is made with the blue plus icon: enter its name and a description and click **Create Security Group**, then add its users.`,
);

/** Which security groups see its data, from whatever was there before. */
function membership({ name, securityGroups, visibleToNobody, adoptExisting }: Declared): Step[] {
  const dataset = `the dataset ${shown(name)}`;
  if (visibleToNobody === true) {
    const text =
      adoptExisting === true
        ? `${groups}, and take ${dataset} out of every group: nobody is meant to see its data.`
        : `Add ${dataset} to no security group: nobody is meant to see its data.`;
    return [step(20, text)];
  }
  const declared = listOf(securityGroups);
  if (declared === undefined && securityGroups !== notKnownYet) {
    return [step(20, `Leave ${dataset} in the security groups that it is in.`)];
  }
  return [toGroups, ...addition(name, declared ?? [notKnownYet]), ...(adoptExisting === true ? [only(name)] : [])];
}

function addition(name: unknown, groups: readonly unknown[]): Step[] {
  return [...new Set(groups)].map((group) =>
    step(20.1, `Add the dataset ${shown(name)} to the security group ${shown(group)}.`),
  );
}

function only(name: unknown): Step {
  return step(20.3, `If the dataset ${shown(name)} is in any other security group, take it out of that.`);
}

function update(declared: Declared, found: Values, names: readonly string[]): Step[] {
  const { name, visibleToNobody, adoptExisting } = declared;
  return [
    ...(names.includes("name")
      ? [
          step(
            1,
            `From the main menu select **Data Sources** and open the settings of the dataset ${shown(found["name"])}.`,
          ),
          step(1.1, `${labels.name}: rename it, ${shown(found["name"])} → ${shown(name)}.`),
        ]
      : []),
    ...(names.includes("securityGroups") ? regrouping(declared, found) : []),
    ...(names.includes("visibleToNobody") ? [visibility(found, visibleToNobody, shown(name))] : []),
    ...(names.includes("adoptExisting") ? [ownership(found, adoptExisting, shown(name))] : []),
  ];
}

function regrouping({ name, securityGroups, visibleToNobody }: Declared, found: Values): Step[] {
  const before = listOf(found["securityGroups"]);
  const after = listOf(securityGroups);
  const dataset = `the dataset ${shown(name)}`;
  if (securityGroups === notKnownYet) return [toGroups, ...addition(name, [notKnownYet])];
  if (after === undefined && visibleToNobody !== true) {
    return [step(20, `**Security Groups**: leave ${dataset} in those that it is in; they are no longer declared.`)];
  }
  const added = (after ?? []).filter((group) => before?.includes(group) !== true);
  const removed = (before ?? []).filter((group) => after?.includes(group) !== true);
  return [
    ...(added.length > 0 ? [toGroups, ...addition(name, added)] : [step(20, `${groups}.`)]),
    ...[...new Set(removed)].map((group) => step(20.2, `Take ${dataset} out of the security group ${shown(group)}.`)),
    ...(before === undefined && after !== undefined ? [only(name)] : []),
  ];
}

function visibility(found: Values, to: unknown, name: string): Step {
  const text =
    to === true
      ? `See under **System** > **Security Groups** that the dataset ${name} is in no group: nobody is meant to see its data.`
      : `Members of the security groups that the dataset ${name} is in see its data.`;
  return step(20.4, `${labels.visibleToNobody}: ${yesNo(found["visibleToNobody"])} → ${yesNo(to)}. ${text}`);
}

/** Nothing of it is in the product, but it decides whether the dataset is deleted one day. */
function ownership(found: Values, to: unknown, name: string): Step {
  const text =
    to === true
      ? `that the dataset ${name} was there before, so that it stays when it is no longer declared`
      : `that the dataset ${name} is this declaration's own, so that it is to be deleted when it is no longer declared`;
  return step(
    21,
    `${labels.adoptExisting}: ${yesNo(found["adoptExisting"])} → ${yesNo(to)}. There is nothing to do in NOW Privacy: make sure, and attest, ${text}.`,
  );
}

function yesNo(value: unknown): string {
  if (value === undefined) return "no";
  return typeof value === "boolean" ? (value ? "yes" : "no") : shown(value);
}

function listOf(groups: unknown): readonly string[] | undefined {
  return Array.isArray(groups) && groups.length > 0 ? (groups as readonly string[]) : undefined;
}
