/** Pieces of schemas that several Entra components share. */
import { z } from "zod";

/** A GUID as Entra writes them: object ids, client ids, tenant ids. */
export const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000");

/** The resource path of an application, as the azuread resources take it. */
export const applicationId = z
  .string()
  .regex(
    /^\/applications\/[0-9a-f-]{36}$/i,
    "allowed: /applications/<object id>, which is AppRegistration's applicationId",
  );
