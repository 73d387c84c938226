/** What NOW Privacy shows of a dataset, for someone who types it back. */
import type { Field } from "../../operator/handover";
import type { DatasetInputs } from "../dataset";
import { alike, flat } from "./words";

export const labels = {
  name: "Data Set",
  securityGroups: "Security Groups",
  visibleToNobody: "Visible to nobody",
  adoptExisting: "Taken over",
} as const satisfies Readonly<Record<keyof DatasetInputs, string>>;

type Declared = Readonly<DatasetInputs>;

export const fields: readonly Field<DatasetInputs>[] = [
  {
    property: "name",
    label: labels.name,
    hint: "the dataset's name",
    shown: ({ name }) => name,
    read: (typed, { name }) => (flat(typed) === flat(name) ? name : typed.trim() === "" ? undefined : typed.trim()),
  },
  {
    property: "securityGroups",
    label: labels.securityGroups,
    hint: 'names with commas between them, one with a comma in it in quotation marks ("Legal, UK"); empty where none is declared',
    shown: ({ securityGroups = [] }: Declared): string | undefined =>
      securityGroups.length === 0 ? undefined : securityGroups.map(listed).join(", "),
    read: (typed: string, { securityGroups = [] }: Declared): unknown => {
      const names = namesIn(typed)?.map((name) => securityGroups.find((own) => alike(own, name)) ?? name);
      if (names === undefined || names.length === 0) return undefined;
      const isSame =
        securityGroups.every((own) => names.includes(own)) && names.every((one) => securityGroups.includes(one));
      return isSame ? securityGroups : [...new Set(names)].sort();
    },
  },
  {
    property: "visibleToNobody",
    label: labels.visibleToNobody,
    hint: "yes or no: whether it is declared to be in no security group, and is in none",
    shown: ({ visibleToNobody }) => (visibleToNobody ? "yes" : "no"),
    read: booleanOf,
  },
  {
    property: "adoptExisting",
    label: labels.adoptExisting,
    hint: "yes or no: whether it was there before; no screen of NOW Privacy shows it, so leave it as it is",
    shown: ({ adoptExisting }) => (adoptExisting ? "yes" : "no"),
    read: booleanOf,
  },
];

function booleanOf(typed: string): boolean | undefined {
  if (/^\s*(?:yes|true|on)\s*$/i.test(typed)) return true;
  return /^\s*(?:no|false|off)\s*$/i.test(typed) ? false : undefined;
}

/** In quotation marks where commas, quotation marks or blanks at its ends would be misread. */
function listed(name: string): string {
  return /[",;\\\p{Cc}]|^\s|\s$/u.test(name) ? JSON.stringify(name) : name;
}

/** Undefined where quotation marks do not pair. */
function namesIn(typed: string): string[] | undefined {
  const names: string[] = [];
  const item = /\s*(?:("(?:[^"\\]|\\.)*")|([^",;]*))\s*(?:[,;]|$)/y;
  while (item.lastIndex < typed.length) {
    const [, quotedName, name = ""] = item.exec(typed) ?? [];
    if (item.lastIndex === 0) return undefined;
    const read = quotedName === undefined ? name.trim() : unquoted(quotedName);
    if (read === undefined) return undefined;
    if (read !== "") names.push(read);
  }
  return names;
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
