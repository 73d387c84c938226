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
});

export const clientId = audit.clientId;
export const mailboxes = audit.mailboxes;
export const compliant = audit.compliant;
export const sourceStatus = audit.sourceStatus;
export const connectorStatus = audit.connectorStatus;
export const clientSecretEndDate = audit.clientSecretEndDate;
export const certificateEndDate = audit.certificateEndDate;
