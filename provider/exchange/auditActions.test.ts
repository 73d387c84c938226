import {
  actionsOf,
  doubtAbout,
  logonTypes,
  logonTypesOf,
  microsoftDefaults,
  netwrixNonOwner,
  recipientTypes,
} from "./auditActions";
import { auditPolicy } from "./audit/policy";

// The vendor's command, "Settings for Non-Owner Mailbox Access Audit: Using Application", step 8.
const vendorsCommand =
  "Get-ExoMailbox -PropertySets Minimum -RecipientTypeDetails UserMailbox,SharedMailbox,EquipmentMailbox,LinkedMailbox,RoomMailbox | Set-Mailbox -AuditEnabled $true –AuditAdmin Update,Copy,Move,MoveToDeletedItems,SoftDelete,HardDelete,FolderBind,SendAs,SendOnBehalf,Create –AuditDelegate Update,Move,MoveToDeletedItems,SoftDelete,HardDelete,FolderBind,SendAs,SendOnBehalf,Create";
const parameter = (name: string): string[] =>
  new RegExp(`[-–]${name} (\\S+)`).exec(vendorsCommand)?.[1]?.split(",") ?? [];

test("the vendor's baseline is what the vendor's command sets, in its order, and leaves the owner's list alone", () => {
  expect(netwrixNonOwner).toEqual({ Admin: parameter("AuditAdmin"), Delegate: parameter("AuditDelegate") });
});

test("by default the policy is about the recipient types of the vendor's command", () => {
  expect([...auditPolicy({}).recipientTypes].sort()).toEqual(parameter("RecipientTypeDetails").sort());
});

test.each(logonTypes)(
  "what Microsoft and the vendor want for %s is something that Exchange records there",
  (logonType) => {
    const wanted: readonly string[] = [
      ...microsoftDefaults[logonType],
      ...(logonType === "Owner" ? [] : netwrixNonOwner[logonType]),
    ];
    expect(wanted.filter((action) => !(actionsOf[logonType] as readonly string[]).includes(action))).toEqual([]);
  },
);

test("only an administrator's tool is recorded copying, and nobody sends as a delegate without SendAs or SendOnBehalf", () => {
  expect(actionsOf.Delegate).not.toContain("Copy");
  expect(actionsOf.Delegate).not.toContain("Send");
  expect(actionsOf.Owner).not.toContain("FolderBind");
  expect(microsoftDefaults.Owner).not.toContain("Create");
});

test("what Microsoft's script restores is what the table has as defaults", () => {
  const common =
    "ApplyRecord HardDelete MailItemsAccessed MoveToDeletedItems SoftDelete Update UpdateFolderPermissions UpdateInboxRules";
  const sent = "Create SendAs SendOnBehalf";
  const sets = {
    Admin: `${common} ${sent} Send UpdateCalendarDelegation`,
    Delegate: `${common} ${sent}`,
    Owner: `${common} Send UpdateCalendarDelegation`,
  };
  for (const logonType of logonTypes) {
    expect([...microsoftDefaults[logonType]].sort()).toEqual(sets[logonType].split(" ").sort());
  }
});

test.each([
  "AttachmentAccess",
  "AddFolderPermissions",
  "ModifyFolderPermissions",
  "RemoveFolderPermissions",
  "UpdateComplianceTag",
  "PriorityCleanupDelete",
  "ApplyPriorityCleanup",
  "PreservedMailItemProactively",
])("%s, which scripts set for all logon types, is known and doubted", (action) => {
  expect(logonTypesOf(action)).toEqual(logonTypes);
  expect(doubtAbout(action)).toMatch(/does not list it|already covers it/);
});

test("an action of Microsoft's table is not doubted, and a name that is none is", () => {
  expect(doubtAbout("MailItemsAccessed")).toBeUndefined();
  expect(doubtAbout("toString")).toMatch(/not known here/);
  expect(logonTypesOf("Send")).toEqual(["Admin", "Owner"]);
  expect(logonTypesOf("Teleport")).toEqual([]);
});

test("pinning the vendor's list alone would turn off what Microsoft records by default", () => {
  const lost = microsoftDefaults.Delegate.filter(
    (action) => !(netwrixNonOwner.Delegate as readonly string[]).includes(action),
  );
  expect(lost).toEqual(["ApplyRecord", "MailItemsAccessed", "UpdateFolderPermissions", "UpdateInboxRules"]);
});

test("group mailboxes are no recipient type that a policy can name", () => {
  expect(recipientTypes).not.toContain("GroupMailbox");
});

test("a custom baseline is about the lists that are given and no others", () => {
  expect(auditPolicy({ baseline: "custom", auditOwner: ["Update", "HardDelete", "Update"] }).lists).toEqual({
    Owner: ["HardDelete", "Update"],
  });
  expect(auditPolicy({ baseline: "microsoftManaged" })).toMatchObject({ microsoftManaged: true, lists: {} });
});
