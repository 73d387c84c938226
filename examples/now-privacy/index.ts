// A Microsoft 365 tenant's mail in NOW Privacy. Which tenant, and what of it, the stack says.
import * as pulumi from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

const config = new pulumi.Config("m365audit");
// A group or distribution list, for example finance@contoso.com. Without one, every mailbox of the tenant is crawled.
const email = config.get("groupEmail");
const domain = email?.split("@")[1];

const mail = new nowprivacy.Office365DataSource("now-privacy", {
  tenantId: config.require("tenantId"),
  service: "exchange",
  dataset: { name: config.get("dataset") ?? "Mail", securityGroups: [config.get("securityGroup") ?? "Privacy team"] },
  ingestionScope:
    email === undefined || domain === undefined ? { type: "everything" } : { type: "groupEmail", domain, email },
  country: config.get("country") ?? "GB",
  crawlPriority: 0.5,
  crawlMode: "continuous",
  startImmediately: true,
  // The app itself can read no mailbox but those of the group. Whoever deploys has to be an Exchange Administrator then.
  limitToScope: config.getBoolean("limitToScope") ?? false,
  // Where a person enters things in NOW Privacy: fail until all of it was attested. Else a warning says how many steps are open.
  requireAttested: config.getBoolean("requireAttested") ?? false,
});

export const clientId = mail.clientId;
export const dataSourceId = mail.dataSourceId;
export const description = mail.description;
export const crawl = mail.crawl;
export const progress = mail.progress;
// For the person who enters it in NOW Privacy: `pulumi stack output clientSecret --show-secrets`.
export const clientSecret = mail.clientSecret;
export const status = mail.status;
export const openSteps = mail.openSteps;
// What is rotated, and when: by the first update on or after that day.
export const rotations = mail.rotations;
// Test Credentials and Test Connection, made before NOW Privacy was told anything.
export const reach = mail.reach;
export const found = mail.found;
