// A Microsoft 365 tenant under audit by Netwrix 1Secure. Which tenant, and which organization in 1Secure, the stack says.
import * as pulumi from "@pulumi/pulumi";
import { onesecure } from "pulumi-m365audit";

const config = new pulumi.Config("m365audit");

const audit = new onesecure.ExchangeOnlineAuditing("exchange-online", {
  tenantId: config.require("tenantId"),
  organization: config.require("organization"),
  sourceGroup: config.require("sourceGroup"),
  crawlSource: config.requireBoolean("crawlSource"),
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  mailboxAudit: {
    baseline: "netwrixNonOwner",
    match: "atLeast",
    bypass: { others: "remove" },
  },
  // Where a person enters things in 1Secure: fail until all of it was attested. Else a warning says how many steps are open.
  requireAttested: config.getBoolean("requireAttested") ?? false,
});

export const clientId = audit.clientId;
export const mailboxes = audit.mailboxes;
export const compliant = audit.compliant;
export const sourceStatus = audit.sourceStatus;
export const connectorStatus = audit.connectorStatus;
// For the person who enters it in 1Secure: `pulumi stack output clientSecret --show-secrets`.
export const clientSecret = audit.clientSecret;
export const status = audit.status;
export const openSteps = audit.openSteps;
// What is rotated, and when: by the first update on or after that day.
export const rotations = audit.rotations;
// What the application's secret was proven to reach before 1Secure was told of it.
export const reach = audit.reach;
