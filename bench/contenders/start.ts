import * as path from "node:path";
import { startProgram } from "../process";
import type { BenchTenant } from "../tenant/tenant";
import type { ContenderName } from "./contender";
import type { Report, Task } from "./run";

/** Runs a contender on a tenant, in a process of its own. */
export async function runContender(
  contender: ContenderName,
  tenant: BenchTenant,
  options: Partial<Pick<Task, "timeScale" | "withPulumi" | "declared" | "last">> = {},
): Promise<Report> {
  const { connection, warmUp, environment } = tenant;
  const task: Task = { contender, connection, warmUp, timeScale: 1, withPulumi: false, ...options };
  const running = await startProgram<Report>(path.join(__dirname, "run.js"), task, environment);
  await running.end();
  return running.answer;
}
