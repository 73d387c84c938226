/** RBAC for Applications: apps that Exchange lets into some mailboxes. */
import { beliefsAbout } from "./belief";

const wouldAssign = "it would assign roles to an app";

export const applicationScopes = beliefsAbout([
  {
    id: "app-grants-are-a-union",
    what: "What Entra consents and what Exchange assigns add up: an app with Mail.Read for the tenant is not limited by a scope.",
    source: "Microsoft, Role Based Access Control for Applications in Exchange Online",
    standing: "doc",
    tests: [],
    asked: { not: wouldAssign },
  },
  {
    id: "assignments-take-two-hours",
    what: "A new assignment is in force after up to two hours; Test-ServicePrincipalAuthorization sees it at once.",
    source: "Microsoft, Role Based Access Control for Applications in Exchange Online",
    standing: "doc",
    tests: [
      "sandbox/exchange/cmdlets/applicationAccess.test.ts: can let apps wait for what is newly assigned, while the test cmdlet sees it at once",
    ],
    asked: { not: wouldAssign },
  },
  {
    id: "pointer-needs-its-principal",
    what: "New-ServicePrincipal fails while Entra's new service principal has not reached Exchange.",
    source: "reports of AADServicePrincipalNotFound",
    standing: "reported",
    tests: [
      "provider/exchange/applicationScopeFailures.test.ts: waits until Exchange has heard of a service principal that was only just made",
    ],
    asked: { not: wouldAssign },
  },
  {
    id: "same-scope-once",
    what: "Two management scopes cannot have the same filter.",
    source: "texts that clients were seen to look for",
    standing: "reported",
    tests: [
      "sandbox/exchange/cmdlets/applicationAccess.test.ts: refuses a second scope with the same filter, and one with the same name",
    ],
    asked: { not: wouldAssign },
  },
  {
    id: "scope-in-use-stays",
    what: "A management scope that an assignment names cannot be removed.",
    source: "Remove-ManagementScope documentation",
    standing: "doc",
    tests: ["sandbox/exchange/cmdlets/applicationAccess.test.ts: removes in the order in which nothing is in use"],
    asked: { not: wouldAssign },
  },
  {
    id: "pointer-in-use-stays",
    what: "A service principal's pointer with assignments cannot be removed.",
    source: "stricter than what is known, so that clients take the assignments away first",
    standing: "unknown",
    tests: ["sandbox/exchange/cmdlets/applicationAccess.test.ts: removes in the order in which nothing is in use"],
    asked: { not: wouldAssign },
  },
  {
    id: "scope-names-have-64-characters",
    what: "Names of management scopes and role assignments have at most 64 characters.",
    source: "New-ManagementScope documentation",
    standing: "doc",
    tests: [
      "provider/exchange/applicationScopeContract.test.ts: fit into what Exchange takes, and are different for each role and reach",
    ],
    asked: { not: wouldAssign },
  },
]);
