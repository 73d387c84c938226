/** Forms that several of NOW Privacy's properties have. */
import { z } from "zod";

/** A GUID, in lower case, so that the way in which someone wrote it is never a difference. */
export const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000").toLowerCase();

export const text = z.string().min(1, "allowed: any text that is not empty");
