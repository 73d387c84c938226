/** The main job, told step by step: one declaration puts a tenant under audit, and keeps it there. */
import type { Sandbox } from "../../sandbox";
import type { Outcome, SandboxStack } from "../stack";
import type { DemoOptions } from "./options";
import { countText, note, progress, showChanges, type StepResult } from "./screen";
import { stage, type Stage } from "./stage";
import { nothingToDo, storySteps, tamperedAndRepaired } from "./steps";
import { auditedAsDeclared, ours, tamper, type Finding } from "./tenant";

const dayMs = 86_400_000;

/** Tells the story. True only if each step did what it says. */
export function exchangeOnline(options: DemoOptions): Promise<boolean> {
  return stage(
    {
      title: "m365audit: one declaration puts a Microsoft 365 tenant under audit",
      about: [
        "Everything runs on this machine: a real Pulumi engine, against a sandbox that speaks the protocols of Entra ID, Microsoft",
        "Graph, the Exchange Online admin API and 1Secure. No tenant of anyone's is reached.",
      ],
      play: story,
    },
    options,
  );
}

async function story({ stack, sandbox, tenant }: Stage, keep: boolean): Promise<readonly StepResult[]> {
  const steps = storySteps();
  const { step, results } = steps;
  const whole = (): Finding[] => auditedAsDeclared(sandbox.control, tenant.id);

  await step("preview of an empty tenant", async () => {
    const outcome = await stack.preview();
    showChanges(outcome.changes);
    const creates = outcome.changes.every(({ operation }) => operation === "create");
    const empty = ours(sandbox.control, tenant.id);
    return {
      outcome,
      changes: countText(outcome.changes, false),
      findings: [
        { ok: creates && outcome.changes.length > 0, text: "everything is to be created, nothing else is touched" },
        {
          ok: empty.length === 0,
          text: `a preview changes nothing: the tenant holds ${empty.length === 0 ? "nothing of ours" : empty.join(", ")}`,
        },
      ],
    };
  });

  await step("up", async () => {
    const outcome = await stack.up(progress());
    return { outcome, changes: countText(outcome.changes, true), findings: whole() };
  });

  await step("preview again", async () => nothingToDo(await stack.preview()));

  const tampers = () => tamper(sandbox.control, tenant.id);
  await tamperedAndRepaired(steps, stack, tampers, whole, "the tenant is no longer audited as declared");

  for (const rotating of rotationSteps(stack, sandbox)) await step(rotating.name, rotating.act);

  if (keep) return results;
  await step("destroy", async () => {
    const before = sandbox.control.mailboxes(tenant.id, "customised").length;
    const outcome = await stack.destroy(progress());
    const left = ours(sandbox.control, tenant.id);
    const audited = sandbox.control.mailboxes(tenant.id, "customised").length;
    return {
      outcome,
      changes: countText(outcome.changes, true),
      findings: [
        {
          ok: left.length === 0,
          text: left.length === 0 ? "the sandbox holds nothing of ours" : `left behind: ${left.join(", ")}`,
        },
        {
          ok: audited === before && before > 0,
          text: `${String(audited)} mailboxes keep their audit settings (onDelete: "keep")`,
        },
      ],
    };
  });
  return results;
}

interface RotationStep {
  readonly name: string;
  readonly act: () => Promise<{ outcome: Outcome; changes: string; findings: readonly Finding[] }>;
}

/** The client secret lives 180 days. Half a year passes in three steps; nobody is ever without a secret that works. */
function rotationSteps(stack: SandboxStack, sandbox: Sandbox): RotationStep[] {
  const { control } = sandbox;
  const later = (days: number): Promise<void> => stack.travelTo(new Date(control.now().getTime() + days * dayMs));
  const secrets = (): number =>
    control.tenant(sandbox.tenants[0]?.id ?? "").directory.applications[0]?.clientSecrets.length ?? 0;
  const neverWithout = (): Finding => {
    const outages = control.oneSecureOutages();
    return {
      ok: outages.length === 0 && control.oneSecureConnections().every(({ accepted }) => accepted === "yes"),
      text: "1Secure holds a secret that Entra accepts, and did at every moment",
    };
  };
  const holding = (count: number): Finding => ({
    ok: secrets() === count,
    text: `Entra: the app has ${String(secrets())} client ${secrets() === 1 ? "secret" : "secrets"}`,
  });
  return [
    {
      name: "151 days later, a preview says what will be rotated",
      act: async () => {
        await later(151);
        const outcome = await stack.preview();
        const news = outcome.diagnostics.filter((line) => line.includes("replaces generation"));
        for (const line of news) note(line);
        showChanges(outcome.changes);
        return {
          outcome,
          changes: countText(outcome.changes, false),
          findings: [
            { ok: news.length === 1, text: "one credential is due: the client secret" },
            { ok: outcome.changes.every(({ operation }) => operation !== "delete"), text: "nothing is to be removed" },
          ],
        };
      },
    },
    {
      name: "up rotates the client secret",
      act: async () => {
        const outcome = await stack.up(progress());
        return { outcome, changes: countText(outcome.changes, true), findings: [holding(2), neverWithout()] };
      },
    },
    {
      name: "two days later, up removes the old one",
      act: async () => {
        await later(2);
        const outcome = await stack.up(progress());
        return { outcome, changes: countText(outcome.changes, true), findings: [holding(1), neverWithout()] };
      },
    },
  ];
}
