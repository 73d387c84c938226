import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../core/kind";
import { settingsFrom } from "../core/settings";

/** The stack's settings as a program sees them, the same that its resource kinds get. */
export function programSettings(): Settings {
  const config = new pulumi.Config("m365audit");
  return settingsFrom((key) => config.get(key.replace("m365audit:", "")));
}
