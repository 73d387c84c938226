/** Administrative units as they are made and shown: {@link https://learn.microsoft.com/graph/api/resources/administrativeunit}. */
import { text, type JsonObject } from "../json";
import type { AdministrativeUnit, Directory } from "./directory";

/** Puts a new administrative unit without members into a directory. */
export function addAdministrativeUnit(
  directory: Directory,
  displayName: string,
  description: string | null = null,
  visibility: unknown = null,
): AdministrativeUnit {
  const unit = {
    id: directory.world.newGuid(),
    displayName,
    description,
    visibility: text(visibility) ?? null,
    members: new Set<string>(),
  };
  directory.administrativeUnits.set(unit.id, unit);
  return unit;
}

/** An administrative unit in Graph's shape. */
export function renderAdministrativeUnit({ id, displayName, description, visibility }: AdministrativeUnit): JsonObject {
  return {
    id,
    deletedDateTime: null,
    displayName,
    description,
    visibility,
    membershipType: null,
    membershipRule: null,
    membershipRuleProcessingState: null,
    isMemberManagementRestricted: false,
  };
}
