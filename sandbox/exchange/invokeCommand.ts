/** `POST …/InvokeCommand`: runs one cmdlet. */
import { isObject } from "../json";
import type { AdminAnswer, AdminRequest } from "./adminRequest";
import { contextOf, listedBy, nextLink, operate, options, pageRequestOf, replicaFor } from "./adminRequest";
import type { ExchangeBehaviour } from "./behaviour";
import type { Cmdlet, CmdletResult } from "./cmdlets";
import { findCmdlet } from "./cmdlets";
import { badRequest, cmdletNotAllowed, outOfWriteScope, unknownCmdlet } from "./errors";
import { Parameters } from "./parameters";
import type { ExchangeOrganization } from "./organization";
import { mayCall, mayChange, type HeldRoles } from "./roles";
import { wrongServer } from "./routing";

export async function invokeCommand(request: AdminRequest): Promise<AdminAnswer> {
  const { name, given } = cmdletInput(request.body);
  const cmdlet = findCmdlet(name);
  const { behaviour } = request.organization;
  if (cmdlet === undefined) throw unknownCmdlet(name, behaviour.refusedCmdlet);
  if (!mayCall(request.roles, cmdlet.name)) throw cmdletNotAllowed(cmdlet.name, behaviour.refusedCmdlet);
  const parameters = new Parameters(given, cmdlet.parameters, behaviour);
  const identity = parameters.has("Identity") ? parameters.text("Identity") : undefined;
  const about = { kind: "cmdlet", cmdlet: cmdlet.name, writes: isWrite(cmdlet) } as const;
  return operate(request, identity === undefined ? about : { ...about, identity }, (usual) =>
    answer(request, run(request, cmdlet, parameters, given, usual)),
  );
}

interface CmdletInput {
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
}

function cmdletInput(body: unknown): CmdletInput {
  const input = isObject(body) ? body.CmdletInput : undefined;
  if (!isObject(input)) throw badRequest("The parameter 'CmdletInput' is missing in the request payload.");
  const { CmdletName: name, Parameters: given } = input;
  if (typeof name !== "string" || name === "") {
    throw badRequest("The property 'CmdletName' of 'CmdletInput' has no value.");
  }
  if (!isObject(given)) {
    throw badRequest(
      "A null value was found for the property named 'Parameters', which has the expected type 'Exchange.GenericHashTable[Nullable=False]'. The expected type 'Exchange.GenericHashTable[Nullable=False]' does not allow null values.",
    );
  }
  return { name, given };
}

function isWrite(cmdlet: Cmdlet): boolean {
  return !cmdlet.name.startsWith("Get-");
}

/** Refuses a change to a recipient whom the caller's roles do not reach. That there is none is for the cmdlet to say. */
function mustReach(organization: ExchangeOrganization, roles: HeldRoles, { name }: Cmdlet, identity: string): void {
  if (mayChange(roles, name, undefined)) return;
  const recipient = organization.bypass(identity);
  const objectId = organization.mailbox(recipient?.guid ?? "")?.externalDirectoryObjectId;
  if (recipient !== undefined && !mayChange(roles, name, objectId)) throw outOfWriteScope(recipient.name);
}

interface Asked extends CmdletResult {
  /** What would be done, when the caller only wanted to know. */
  readonly confirmation?: string;
}

/** That a change which reaches the wrong server has used up what throttling allows is unknown, as is what is checked first. */
function mustBeHosted(
  { organization, place }: AdminRequest,
  cmdlet: Cmdlet,
  parameters: Parameters,
  behaviour: ExchangeBehaviour,
): void {
  const required = cmdlet.server?.(organization, parameters);
  if (required === undefined || required === place.server) return;
  organization.counters.misrouted++;
  throw wrongServer(place.server, required, behaviour);
}

function run(
  request: AdminRequest,
  cmdlet: Cmdlet,
  parameters: Parameters,
  given: Readonly<Record<string, unknown>>,
  behaviour: ExchangeBehaviour,
): Asked {
  const { organization, url, roles } = request;
  mustBeHosted(request, cmdlet, parameters, behaviour);
  if (isWrite(cmdlet)) {
    if ((parameters.boolean("Confirm") ?? false) || (parameters.boolean("WhatIf") ?? false)) {
      const target = parameters.text("Identity") ?? organization.initialDomain;
      const confirmation = `Are you sure you want to perform this action? ${cmdlet.name} on '${target}'.`;
      return { rows: [], warnings: [], confirmation };
    }
    mustReach(organization, roles, cmdlet, parameters.text("Identity") ?? "");
    organization.counters.cmdletWrites++;
  } else {
    organization.counters.cmdletReads++;
  }
  const replica = replicaFor(request);
  const size = behaviour.wholeListInOneAnswer ? Infinity : behaviour.defaultResultSize;
  const result = cmdlet.run({
    organization,
    parameters,
    behaviour,
    replica,
    listed: listedBy(request, replica),
    pageRequest: pageRequestOf(request, size, JSON.stringify([cmdlet.name, given, options(url, "$select")])),
  });
  if (isWrite(cmdlet) && result.isUnchanged !== true) organization.counters.changes++;
  return result;
}

function answer(request: AdminRequest, { rows, warnings, nextToken, confirmation, isUnchanged }: Asked): AdminAnswer {
  const { behaviour } = request.organization;
  const select = options(request.url, "$select");
  return {
    status: 200,
    body: {
      "@odata.context": contextOf(request, "Collection(Exchange.GenericHashTable)"),
      "adminapi.warnings@odata.type": "#Collection(String)",
      "@adminapi.warnings": behaviour.unmodifiedWarning || isUnchanged !== true ? warnings : [],
      ...(confirmation === undefined ? {} : { "@adminapi.confirmationmessage": confirmation }),
      ...(nextToken === undefined ? {} : { "@odata.nextLink": nextLink(request.url, nextToken) }),
      value: select.length === 0 ? rows : rows.map((row) => projected(row, select)),
    },
  };
}

/** The chosen properties of a row, with what announces their types. Names that the row doesn't have are passed over. */
function projected(row: Record<string, unknown>, select: readonly string[]): Record<string, unknown> {
  const wanted = new Set(select.map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name.replace(/@.*$/, "").toLowerCase())));
}
