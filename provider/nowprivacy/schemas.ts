/** Forms that several of NOW Privacy's properties have. */
import { z } from "zod";

/** A GUID, in lower case, so that the way in which someone wrote it is never a difference. */
export const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000").toLowerCase();

export const text = z.string().min(1, "allowed: any text that is not empty");

/** Text in which blanks at the ends do not count. */
export const trimmed = z.string().trim().min(1, "allowed: any text that is not blank");
