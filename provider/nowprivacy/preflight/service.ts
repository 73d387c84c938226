/** The names of the services: as data sources are declared, and as the product writes them. */
import type { NowPrivacyService } from "../../entra/leastPrivilege";
import type { Service } from "../dataLoss";

export type { Service } from "../dataLoss";

/** As in a data source. */
export const services = ["exchange", "sharePoint", "oneDrive"] as const satisfies readonly Service[];

/** As the product writes them. */
export const serviceNames: Readonly<Record<Service, NowPrivacyService>> = {
  exchange: "Exchange",
  sharePoint: "SharePoint",
  oneDrive: "OneDrive",
};
