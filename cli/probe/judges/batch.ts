/** Batches of readings. */
import { asRow, detailOf } from "../answer";
import { NotAsked } from "../notAsked";
import { type Judge, unless } from "../verdict";

export const batchJudges = {
  "batch-of-eleven-refused": (seen) => {
    const { status, responses } = seen.answer("eleven");
    return unless(status === 400, `status ${String(status)} with ${String(responses.length)} answers`);
  },
  "batch-is-200-whatever-its-items": (seen) => {
    const { status, responses } = seen.answer("mixed");
    const statuses = responses.map((item) => Number(item["status"])).sort((a, b) => a - b);
    const failed = statuses.filter((one) => one >= 400);
    return unless(
      status === 200 && failed.length === 1,
      `status ${String(status)}, and of its items ${statuses.join(", ")}`,
    );
  },
  "batch-answers-by-id": (seen) => {
    const ids = seen.answer("mixed").responses.map(({ id }) => String(id));
    return unless(
      ids.length === 3 &&
        ["1", "2", "3"].every((id) => ids.includes(id)) &&
        failedId(seen.answer("mixed").responses) === "2",
      `${String(ids.length)} answers, not one for each id, or the failure under another id`,
    );
  },
  "batch-headers-in-lower-case": (seen) => {
    const names = seen.answer("mixed").responses.flatMap(({ headers }) => Object.keys(asRow(headers)));
    if (names.length === 0) throw new NotAsked("the answers of the batch have no headers");
    return unless(
      names.every((name) => name === name.toLowerCase()),
      "capital letters in names of headers",
    );
  },
  "batch-takes-a-path-alone": (seen) => {
    const { status, responses } = seen.answer("pathAlone");
    const item = Number(responses[0]?.["status"] ?? 0);
    return unless(status === 200 && item === 200, `status ${String(status)}, and of its item ${String(item)}`);
  },
} satisfies Readonly<Record<string, Judge>>;

function failedId(responses: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  const failed =
    responses.find(({ body }) => detailOf(body) !== undefined) ?? responses.find(({ status }) => Number(status) >= 400);
  return failed === undefined ? undefined : String(failed["id"]);
}
