/** The products that a person can reach for us. */
import type { Product } from "./handover";

export const onesecure: Product = { name: "Netwrix 1Secure", settings: "onesecure", backends: ["operator", "http"] };

export const nowprivacy: Product = {
  name: "NOW Privacy",
  settings: "nowprivacy",
  backends: ["operator", "http", "bulkFile"],
};
