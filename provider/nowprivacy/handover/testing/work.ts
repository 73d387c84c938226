/** Work as the operator backend hands it to a kind's run-sheet: the kind's own plan, from what was attested to what is declared. */
import { change, type Change, gone } from "../../../core";
import type { Handover } from "../../../operator/handover";
import { valuesOf } from "../../../operator/handover";
import type { SecretMark, Values, Work } from "../../../operator/sheet";
import { dataSourceContract, type DataSourceInputs } from "../../dataSourceContract";
import { unguardedPlan } from "../../dataSource";
import { dataset, datasetContract, type DatasetInputs } from "../../dataset";
import { datasetHandover } from "../dataset";
import { dataSourceHandover } from "../dataSource";

export const stack = "contoso";
export const urn = (name: string): string => `urn:pulumi:${stack}::audit::m365audit:nowprivacy:X::${name}`;
export const clientSecret = "abC8Q~the-client-secret-that-nobody-may-see";
export const keyId = "33333333-3333-3333-3333-333333333333";

export const mail = datasetContract.inputs.parse({ name: "Mail", securityGroups: ["Privacy team"] });
export const mailId = datasetHandover.idOf(mail, urn("mail"));

export const finance = declaredSource({});

export function declaredSource(more: object): DataSourceInputs {
  return dataSourceContract.inputs.parse({
    datasetId: mailId,
    datasetName: "Mail",
    service: "exchange",
    applicationId: "11111111-1111-1111-1111-111111111111",
    clientSecret,
    clientSecretReference: { keyId, endDate: "2027-05-22T10:00:00Z" },
    tenantId: "22222222-2222-2222-2222-222222222222",
    ingestionScope: { type: "groupEmail", domain: "contoso.com", email: "finance@contoso.com" },
    country: "GB",
    customDescription: "Finance mail",
    crawlPriority: 0.5,
    crawlMode: "continuous",
    startImmediately: true,
    reach: ["Directory.Read.All", "Mail.Read", "Calendars.Read"],
    ...more,
  });
}

/** @param was what was attested; undefined: nothing was */
export function datasetWork(declared: DatasetInputs, was?: DatasetInputs): Work<DatasetInputs> {
  const id = mailId;
  const found = was && valuesOf(datasetHandover, was);
  const { changes } = dataset.plan(
    declared,
    found === undefined ? gone : { id, state: { ...declared, ...blank(datasetHandover), ...found } as never },
  );
  return { id, stack, declared, found, changes: ours(changes, datasetHandover.entered) };
}

/** @param secretBefore another client secret than the declared one was attested */
export function dataSourceWork(
  declared: DataSourceInputs,
  was?: DataSourceInputs,
  secretBefore?: SecretMark,
): Work<DataSourceInputs> {
  const id = dataSourceHandover.idOf(declared, urn("finance"));
  const found: Values | undefined = was && valuesOf(dataSourceHandover, was);
  const state = { ...declared, ...blank(dataSourceHandover), ...found, crawl: "running" };
  const { changes } = unguardedPlan(declared, found === undefined ? gone : { id, state: state as never });
  const secret = secretBefore === undefined ? [] : [change("clientSecret", undefined, clientSecret, { secret: true })];
  return {
    id,
    stack,
    declared,
    found,
    changes: [...ours(changes, [...dataSourceHandover.entered, "clientSecret"]), ...secret],
    secretBefore,
  };
}

function ours(changes: readonly Change[], names: readonly string[]): Change[] {
  return changes.filter(({ path }) => names.includes(path));
}

function blank({ entered }: Pick<Handover, "entered">): object {
  return Object.fromEntries(entered.map((name) => [name, undefined]));
}
