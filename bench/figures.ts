import type { Figure } from "./figure";
import { importTime } from "./importTime";

/** Every figure, in the order of results.md. */
export const figures: readonly Figure[] = [importTime];
