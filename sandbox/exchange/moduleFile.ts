/** `GET …/EXOModuleFile`: which cmdlets the caller's roles expose. Good for finding out what a credential may do. */
import type { AdminAnswer, AdminRequest } from "./adminRequest";
import { contextOf, operate } from "./adminRequest";
import { cmdlets } from "./cmdlets";
import { noSuchResource } from "./errors";
import { mayCall } from "./roles";

export async function moduleFile(request: AdminRequest): Promise<AdminAnswer> {
  if (!request.organization.behaviour.moduleFile) throw noSuchResource("EXOModuleFile");
  const wanted = (request.headers.get("commandname") ?? "*").toLowerCase().split(",");
  return operate(request, { kind: "module", writes: false }, () => {
    const exported = cmdlets
      .map(({ name }) => name)
      .filter((name) => mayCall(request.roles, name))
      .filter((name) => wanted.includes("*") || wanted.includes(name.toLowerCase()));
    return {
      status: 200,
      body: {
        "@odata.context": contextOf(request, "EXOModuleFile"),
        value: [{ ModuleVersion: "1.0", exportedCmdlets: exported.join(",") }],
      },
    };
  });
}
