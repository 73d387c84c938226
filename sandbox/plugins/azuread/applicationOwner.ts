/** `azuread:index/applicationOwner:ApplicationOwner`: one owner of an application. */
import type { ResourceType } from "../resource";
import { requiredText } from "../values";
import { GraphError } from "./graph";
import { applicationObjectId, ownerParts } from "./ids";
import { sameId } from "./objects";
import { alreadyExists, attempt, notYetThere, settle, type AzureadSession } from "./session";

export const applicationOwner: ResourceType<AzureadSession> = {
  token: "azuread:index/applicationOwner:ApplicationOwner",
  idInOutputs: true,
  properties: {
    applicationId: { input: "required", replaces: true },
    ownerObjectId: { input: "required", replaces: true, guid: true },
  },
  create: (session, inputs) => {
    const application = applicationObjectId(requiredText(inputs, "applicationId"));
    const owner = requiredText(inputs, "ownerObjectId");
    const id = `/applications/${application}/owners/${owner}`;
    return session.locks.hold(application, async () => {
      if (await isOwner(session, application, owner)) {
        throw alreadyExists(id);
      }
      const reference = `${await session.graph.address()}/directoryObjects/${owner}`;
      await attempt(`adding ${id}`, () =>
        session.graph.request("POST", `/applications/${application}/owners/$ref`, {
          body: { "@odata.id": reference },
          retryWhen: notYetThere,
        }),
      );
      await settle(session, `waiting for ${id}`, 2, () => isOwner(session, application, owner));
      return { id, outputs: { applicationId: `/applications/${application}`, ownerObjectId: owner } };
    });
  },
  async read(session, id) {
    const [application, owner] = ownerParts(id);
    const there = await attempt(`retrieving ${id}`, () => isOwner(session, application, owner));
    return there ? { id, outputs: { applicationId: `/applications/${application}`, ownerObjectId: owner } } : undefined;
  },
  async delete(session, id) {
    const [application, owner] = ownerParts(id);
    await session.locks.hold(application, () =>
      attempt(`removing ${id}`, () =>
        session.graph.request("DELETE", `/applications/${application}/owners/${owner}/$ref`),
      ),
    );
  },
};

async function isOwner(session: AzureadSession, application: string, owner: string): Promise<boolean> {
  try {
    const owners = await session.graph.list(`/applications/${application}/owners`);
    return owners.some((object) => sameId(object["id"], owner));
  } catch (error) {
    if (error instanceof GraphError && error.status === 404) return false;
    throw error;
  }
}
