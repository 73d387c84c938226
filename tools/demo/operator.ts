/** 1Secure without an API, told step by step: what a program can't do there, a person does from a run-sheet, and attests. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Outcome } from "../stack";
import { diagnosticLines } from "../stack/changes";
import { typedInto } from "./oneSecureForm";
import { type Person, oneSecurePerson } from "./oneSecurePerson";
import * as is from "./operatorFindings";
import type { DemoOptions } from "./options";
import { attestAll, prompt } from "./prompt";
import { countText, note, progress, showChanges, type StepResult } from "./screen";
import { stage, type Stage } from "./stage";
import { nothingToDo, type Steps, storySteps } from "./steps";
import { auditedAsDeclared, ours } from "./tenant";

/** Steps of the run-sheets: of everything, and of one switch, the way to it included. */
const all = 17;
const oneSwitch = 5;

/** Tells the story. True only if each step did what it says. */
export function operator(options: DemoOptions): Promise<boolean> {
  return stage(
    {
      title: "m365audit: a product without an API, as code: planned, done by a person, attested, and kept as declared",
      about: [
        "Netwrix 1Secure publishes no management API. Entra ID and Exchange Online are set up by the program; what has to be clicked in",
        "1Secure becomes a run-sheet. Here a script plays the person: it knows only what the run-sheet says, and clicks in a sandbox.",
      ],
      stack: { config: { "m365audit:onesecureBackend": "operator" } },
      play: story,
    },
    options,
  );
}

async function story(stage: Stage, keep: boolean): Promise<readonly StepResult[]> {
  // As the wizard's validation does, it refuses credentials that Entra does not accept.
  stage.sandbox.control.setOneSecureVerifies(true);
  const person = await oneSecurePerson(stage);
  const steps = storySteps();
  try {
    await entered(steps, stage, person);
    await changedInCode(steps, stage, person);
    await changedInTheProduct(steps, stage, person);
    if (!keep) await removed(steps, stage, person);
    return steps.results;
  } finally {
    await person.close();
  }
}

async function entered({ step }: Steps, stage: Stage, person: Person): Promise<void> {
  const { stack, sandbox, tenant } = stage;
  await step("preview of an empty tenant", async () => {
    const outcome = await stack.preview();
    showChanges(outcome.changes);
    headlines(outcome);
    const findings = [is.openSteps(outcome, all), is.nothingIn1Secure(stage)];
    return { outcome, changes: countText(outcome.changes, false), findings };
  });

  await step("up does everything but 1Secure", async () => {
    const outcome = await stack.up(brief());
    const findings = [is.openSteps(outcome, all, "awaitingOperator"), is.nothingIn1Secure(stage)];
    return { outcome, changes: countText(outcome.changes, true), findings };
  });

  let sheet = "";
  await step("the run-sheet", async () => {
    sheet = (await prompt(stack, "runbook")).stdout;
    const findings = [is.stepsIn(sheet, all), is.nothingSecretIn(stage, "the run-sheet", sheet)];
    return { changes: `${String(all)} steps for a person`, findings };
  });

  await step("a person does it", async () => {
    const done = await person.work(sheet);
    note("The client secret went from the stack's output into its field, and nowhere else.");
    note(`The certificate that 1Secure issued was downloaded to ${person.certificateFile}.`);
    return { changes: `${String(done)} steps done`, findings: [is.connected(stage)] };
  });

  await step("and attests it", async () => {
    const { code } = await attestAll(stack, sheet, person);
    const name = path.join("attestations", `${stack.name}.json`);
    const file = await readFile(path.join(stack.folder, name), "utf8");
    const findings = [
      { ok: code === 0, text: `${name} says who entered what, to be reviewed like code` },
      is.nothingSecretIn(stage, name, file),
    ];
    return { changes: "3 resources attested", findings };
  });

  await step("up reads the attestations", async () => {
    const outcome = await stack.up(brief());
    const findings = [
      is.openSteps(outcome, 0, "attested"),
      ...auditedAsDeclared(sandbox.control, tenant.id),
      await is.certificateUploaded(stage, person.certificateFile),
    ];
    return { outcome, changes: countText(outcome.changes, true), findings };
  });

  await step("preview again", async () => nothingToDo(await stack.preview()));
}

async function changedInCode({ step }: Steps, stage: Stage, person: Person): Promise<void> {
  const { stack } = stage;
  await step("Crawl Source is switched off in code, and a preview says what a person will have to do", async () => {
    await stack.setConfig({ "m365audit:crawlSource": { value: "false" } });
    const outcome = await stack.preview();
    showChanges(outcome.changes);
    headlines(outcome);
    const findings = [is.onlyCrawlIn(outcome), is.crawling(stage, true)];
    return { outcome, changes: countText(outcome.changes, false), findings };
  });

  let sheet = "";
  await step("up, and the run-sheet of what changes", async () => {
    const outcome = await stack.up(brief());
    sheet = (await prompt(stack, "runbook")).stdout;
    const findings = [is.openSteps(outcome, oneSwitch, "awaitingOperator"), is.oneSwitchIn(sheet, "ON → OFF")];
    return { outcome, changes: countText(outcome.changes, true), findings };
  });

  await step("done, attested, and recorded", async () => {
    await person.work(sheet);
    await attestAll(stack, sheet, person);
    const outcome = await stack.up(brief());
    const after = nothingToDo(await stack.preview());
    const findings = [is.openSteps(outcome, 0, "attested"), is.crawling(stage, false), ...after.findings];
    return { outcome, changes: countText(outcome.changes, true), findings };
  });
}

async function changedInTheProduct({ step }: Steps, stage: Stage, person: Person): Promise<void> {
  const { stack, sandbox } = stage;
  await step("someone switches it on in 1Secure; who looks there types what it shows into a form", async () => {
    const [source] = sandbox.control.oneSecure().sources;
    sandbox.control.patchSource(source?.id ?? "", { crawlSource: true });
    const form = "seen-in-1secure.yaml";
    await prompt(stack, "verify", "--export", form);
    const file = path.join(stack.folder, form);
    await writeFile(file, typedInto(await readFile(file, "utf8"), sandbox.control));
    const told = await prompt(stack, "verify", "--export", form, "--record", "--by", person.name);
    return { changes: "1 behind our back", findings: [is.driftTold(told)] };
  });

  await step("preview shows the drift", async () => {
    const outcome = await stack.preview();
    showChanges(outcome.changes);
    sheets(outcome);
    return { outcome, changes: countText(outcome.changes, false), findings: [is.onlyCrawlIn(outcome)] };
  });

  await step("repaired from the run-sheet, and attested", async () => {
    const drifted = await stack.up(brief());
    const sheet = (await prompt(stack, "runbook")).stdout;
    await person.work(sheet);
    await attestAll(stack, sheet, person);
    const outcome = await stack.up(brief());
    const findings = [
      is.openSteps(drifted, oneSwitch, "drifted"),
      is.openSteps(outcome, 0, "attested"),
      is.crawling(stage, false),
    ];
    return { outcome, changes: countText(outcome.changes, true), findings };
  });
}

async function removed({ step }: Steps, stage: Stage, person: Person): Promise<void> {
  const { stack, sandbox, tenant } = stage;
  let sheet = "";
  await step("destroy, and the run-sheet of the removal", async () => {
    const outcome = await stack.destroy(brief());
    sheet = (await prompt(stack, "runbook")).stdout;
    const left = ours(sandbox.control, tenant.id).filter((one) => !one.startsWith("1Secure"));
    const findings = [
      { ok: left.length === 0, text: `Entra: ${left.length === 0 ? "nothing of ours" : left.join(", ")}` },
      is.stillIn1Secure(stage),
      is.sourceBeforeCredentials(sheet),
    ];
    return { outcome, changes: countText(outcome.changes, true), findings };
  });

  await step("removed in 1Secure, attested, and nothing is open", async () => {
    const done = await person.work(sheet);
    await attestAll(stack, sheet, person);
    const { stdout } = await prompt(stack, "runbook");
    const findings = [is.stepsIn(stdout, 0), is.nothingIn1Secure(stage)];
    return { changes: `${String(done)} steps done`, findings };
  });
}

/** What a preview says to a person, with the steps. */
function sheets({ diagnostics }: Outcome): void {
  for (const line of diagnostics.filter((one) => isAboutSteps(one) || isStep(one))) note(line);
}

/** What a run says of the steps without the steps themselves, which the run-sheet shows. */
function headlines({ diagnostics }: Outcome): void {
  for (const line of diagnostics.filter(isAboutSteps)) note(line.replace(/:$/, ""));
}

/** The progress of an update without the steps, which the run-sheet shows. */
function brief(): ReturnType<typeof progress> {
  const show = progress();
  return (event) => {
    if (!diagnosticLines(event.diagnosticEvent).some(isStep)) show(event);
  };
}

function isAboutSteps(line: string): boolean {
  return line.includes("for a person");
}

function isStep(line: string): boolean {
  return /^ {4}\d+\. /.test(line);
}
