import { fillCodeCache } from "./codeCache";

/** Once before the end-to-end tests. */
export default async function globalSetup(): Promise<void> {
  await fillCodeCache();
}
