import { clientOverhead } from "./clientOverhead";
import type { Figure } from "./figure";
import { importTime } from "./importTime";
import { steadyState } from "./steadyState";
import { throughput } from "./throughput";
import { writeBudget } from "./writeBudget";

/** Every figure, in the order of results.md. */
export const figures: readonly Figure[] = [throughput, steadyState, writeBudget, clientOverhead, importTime];
