/** How each belief that reading can decide is decided. */
import type { ReadBelief } from "../../../sandbox/beliefs";
import type { Judge } from "../verdict";
import { accessJudges } from "./access";
import { answerJudges } from "./answers";
import { batchJudges } from "./batch";
import { readingJudges } from "./reading";

export const readJudges: Readonly<Record<ReadBelief, Judge>> = {
  ...accessJudges,
  ...batchJudges,
  ...readingJudges,
  ...answerJudges,
};
