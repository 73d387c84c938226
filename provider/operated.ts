/** The resource kinds whose work a person does with the operator backend, each with what the person is told. */
import type { ResourceKind } from "./core/kind";
import { dataset } from "./nowprivacy/dataset";
import { dataSource, unguardedPlan } from "./nowprivacy/dataSource";
import { datasetHandover } from "./nowprivacy/handover/dataset";
import { dataSourceHandover } from "./nowprivacy/handover/dataSource";
import { connector } from "./onesecure/connector";
import { credential } from "./onesecure/credential";
import { connectorHandover } from "./onesecure/handover/connector";
import { credentialHandover } from "./onesecure/handover/credential";
import { sourceHandover } from "./onesecure/handover/source";
import { source } from "./onesecure/source";
import { type HandedOverOptions, handedOver } from "./operator/handedOver";
import type { Handover } from "./operator/handover";

export interface Operated {
  /** With the operator backend beside its own. */
  readonly kind: ResourceKind;
  readonly handover: Handover;
}

/** By token, in the order in which they depend on each other. */
export const operated: ReadonlyMap<string, Operated> = new Map([
  entry(credential, credentialHandover),
  entry(source, sourceHandover),
  entry(connector, connectorHandover),
  entry(dataset, datasetHandover),
  entry(dataSource, dataSourceHandover, { unguarded: unguardedPlan }),
]);

function entry<I extends object, S extends object, D>(
  kind: ResourceKind<I, S, D>,
  handover: Handover<I>,
  options?: HandedOverOptions<I, S, D>,
): [string, Operated] {
  return [kind.contract.token, { kind: handedOver(kind, handover, options), handover }];
}
