/** Which faults happen by chance in the admin API, and how often. */
import { z } from "zod";

/** From 0 (never) to 1 (always). */
const share = z.number().min(0).max(1);

/** Graph has been seen to ask for this much, three times in a row. */
export const longThrottle = { seconds: 315, times: 3 };

/**
 * What is left out does not happen. Shares are of tries where nothing else is said: a change that is tried again may pass. A change is a
 * cmdlet with an `Identity` that is no `Get-*`, whether it comes alone or in a batch.
 */
export const exchangeFaultsSchema = z
  .strictObject({
    /** Other faults of the same kinds and shares. */
    seed: z.string(),

    // Before anything is done
    /** Requests that are refused as a whole with 429. */
    throttledRequests: share,
    /** Tries of a change that are refused with 429. */
    throttledChanges: share,
    /** `Retry-After` of both, in seconds. Without it they don't say. */
    retryAfterSeconds: z.int().min(0),
    /** Mailboxes, and lists, of which the first three tries are refused with 429 and `Retry-After: 315`. */
    longThrottles: share,
    /** Requests that are refused as a whole with 503. */
    unavailableRequests: share,
    /** Each token is refused (401) once this many operations have been run with it, however often it is sent again. */
    operationsPerToken: z.int().positive(),
    /** Tries of a change or of reading one mailbox that can't find it because of replication delays. */
    notYetReplicated: share,
    /** Tries of the same that fail as a CmdletProxyException whose text names an ADServerSettingsChangedException. */
    changedDomainControllers: share,
    /** Tries of the same that fail as an OverBudgetException. */
    overBudget: share,
    /** Mailboxes of which each change is answered with 403, while others are changed. */
    forbiddenMailboxes: share,
    /** Mailboxes whose owner has no licence for what is to be audited: each `Set-Mailbox` of them fails. */
    unlicensedMailboxes: share,
    /** Mailboxes that are listed once and then gone. */
    vanishingMailboxes: share,
    /** Mailboxes of which a change on the wrong server is not refused as `Cmdlet needs proxy`: half with ErrorIncorrectRoutingHint, half for want of a permission. */
    otherWrongServerForms: share,
    /** Mailboxes for which it is an error to add an action that is on the list. */
    alreadyAudited: share,

    // Answers that are not what they seem
    /** Changes that are not made and answered with 200 and `@adminapi.errors`. */
    errorsInAnswers: share,
    /** Changes that are not made and answered with 200 and the warning that no settings were modified. */
    unmodifiedAnswers: share,

    // After it was done
    /** Requests that end in 504 although everything was done. */
    lostAnswers: share,
    /** Changes that are made, and the connection cut in place of an answer. */
    cutConnections: share,
    /** Changes that are made and answered with 200 in an encoding that no client knows. */
    undecodableAnswers: share,
    /** Answers of changes that a batch leaves out, although the change was made. */
    missingItems: share,

    // Lists
    /** Pages after the first that fail, half of them with 503 and half as a page link that is not good any more. */
    failingPages: share,
    /** No page after the first is ever given: each link is refused as expired. */
    pagesNeverContinue: z.boolean(),
    /** The link of a second page leads to that page again, for ever. */
    linkCycles: z.boolean(),
    /** Pages, or whole lists, that show their first row twice. */
    doubledRows: share,
    /** Lists that are answered with 200 and no row. */
    emptyListings: share,

    // Late replicas
    /** After a change of a mailbox or of a bypass, so many reads of it that are not anchored to the mailbox show what was before. */
    lateReads: z.int().positive(),
    /** The same for so many seconds, on the sandbox's clock. */
    lateSeconds: z.number().positive(),
  })
  .partial();
export type ExchangeFaults = z.output<typeof exchangeFaultsSchema>;
