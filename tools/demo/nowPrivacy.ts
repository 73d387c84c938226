/** NOW Privacy's Office 365 data source, told step by step: one declaration sets it up, and keeps it as declared. */
import { crawledAsDeclared, left, tamper } from "./nowPrivacyTenant";
import type { DemoOptions } from "./options";
import { countText, note, progress, showChanges, type StepResult } from "./screen";
import { stage, type Stage } from "./stage";
import { nothingToDo, storySteps, tamperedAndRepaired } from "./steps";

/** A round of a crawl takes a minute in the sandbox. */
const roundMs = 120_000;

/** Tells the story. True only if each step did what it says. */
export function nowPrivacy(options: DemoOptions): Promise<boolean> {
  return stage(
    {
      title: "m365audit: one declaration lets NOW Privacy crawl the mailboxes of a group, and no others",
      about: [
        "Everything runs on this machine: a real Pulumi engine, against a sandbox of Entra ID, Microsoft Graph, Exchange Online and",
        "NOW Privacy. NOW Privacy publishes no API, so what the sandbox speaks is our own contract (provider/nowprivacy/openapi.yaml).",
      ],
      // To limit the app to the group, the identity that deploys assigns roles in Exchange Online.
      tenant: { deployerRoles: ["Exchange Administrator"] },
      stack: {
        example: "now-privacy",
        config: { "m365audit:groupEmail": "leadership@contoso.onmicrosoft.com", "m365audit:limitToScope": "true" },
      },
      play: story,
    },
    options,
  );
}

async function story({ stack, sandbox, tenant: { id: tenant } }: Stage, keep: boolean): Promise<readonly StepResult[]> {
  const { control } = sandbox;
  const steps = storySteps();
  const { step, results } = steps;
  const later = (milliseconds: number): Promise<void> =>
    stack.travelTo(new Date(control.now().getTime() + milliseconds));
  const whole = () => crawledAsDeclared(control, tenant);

  await step("preview of an empty tenant", async () => {
    const outcome = await stack.preview();
    showChanges(outcome.changes);
    const creates = outcome.changes.length > 0 && outcome.changes.every(({ operation }) => operation === "create");
    const rest = left(control, tenant);
    return {
      outcome,
      changes: countText(outcome.changes, false),
      findings: [
        { ok: creates, text: "everything is to be created, nothing else is touched" },
        {
          ok: rest.length === 0,
          text: `a preview changes nothing: there is ${rest.length === 0 ? "nothing of ours" : rest.join(", ")}`,
        },
      ],
    };
  });

  await step("up", async () => {
    const outcome = await stack.up(progress());
    const found = outcome.outputs["found"]?.value as readonly { lookedFor: string; answer: string; found: string }[];
    for (const row of found) note(`Test Connection: ${row.lookedFor}: ${row.answer}, ${row.found}`);
    const tested = found.length > 0 && found.every(({ answer }) => answer === "yes");
    await later(roundMs);
    return {
      outcome,
      changes: countText(outcome.changes, true),
      findings: [{ ok: tested, text: "both tests were passed before NOW Privacy was told anything" }, ...whole()],
    };
  });

  await step("preview again", async () => nothingToDo(await stack.preview()));

  const tampers = () => tamper(control, tenant);
  await tamperedAndRepaired(steps, stack, tampers, whole, "the data source is no longer as declared");

  if (keep) return results;
  await step("destroy", async () => {
    const outcome = await stack.destroy(progress());
    const rest = left(control, tenant);
    const losses = control.nowPrivacyLosses().length;
    return {
      outcome,
      changes: countText(outcome.changes, true),
      findings: [
        {
          ok: rest.length === 0,
          text: rest.length === 0 ? "the sandbox holds nothing of ours" : `left behind: ${rest.join(", ")}`,
        },
        { ok: losses === 0, text: "no crawl ever lost sight of what it had copied" },
      ],
    };
  });
  return results;
}
