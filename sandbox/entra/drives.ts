/**
 * What a data source for OneDrive and SharePoint can be shown of Graph's files: a person's drive, a folder in it, and the root site.
 * {@link https://learn.microsoft.com/graph/api/drive-get}, {@link https://learn.microsoft.com/graph/api/site-get}.
 */
import type { FastifyRequest } from "fastify";
import { seededGuid } from "../world";
import type { Directory, User } from "./directory";
import { GraphError, resourceNotFound } from "./graphError";
import type { GraphScope } from "./graphScope";
import { entity, type Query } from "./odata";
import { readDrives, readSites } from "./permissions";

type OfUser = FastifyRequest<{ Params: { id: string; "*": string }; Querystring: Query }>;

/** The folders of every drive. */
export const driveFolders: readonly string[] = ["/Documents", "/Documents/Reports"];

export function registerDrives({ app, root, caller }: GraphScope): void {
  app.get("/users/:id/drive", async (request: OfUser) => {
    const { directory } = await caller(request, readDrives);
    const user = driveOwner(directory, request.params.id);
    return entity({ root: root(), path: "drives", set: "drives" }, request.query, {
      id: driveId(directory, user),
      driveType: "business",
      name: "OneDrive",
      webUrl: `https://${tenantName(directory)}-my.sharepoint.com/personal/${user.userPrincipalName.replace(/\W/g, "_")}/Documents`,
      owner: { user: { id: user.id, displayName: user.displayName } },
    });
  });

  // A path within the drive follows a colon, and a colon may end it.
  app.get("/users/:id/drive/root::/*", async (request: OfUser) => {
    const { directory } = await caller(request, readDrives);
    const user = driveOwner(directory, request.params.id);
    const path = `/${request.params["*"].replace(/:$/, "")}`;
    const found = driveFolders.find((folder) => folder.toLowerCase() === path.toLowerCase());
    if (found === undefined) throw new GraphError(404, "itemNotFound", "The resource could not be found.");
    return entity({ root: root(), path: "drives", set: "drives" }, request.query, {
      id: seededGuid(driveId(directory, user), found),
      name: found.split("/").at(-1) ?? "",
      folder: { childCount: 0 },
    });
  });

  app.get("/sites/root", async (request: FastifyRequest<{ Querystring: Query }>) => {
    const { directory } = await caller(request, readSites);
    const host = `${tenantName(directory)}.sharepoint.com`;
    return entity({ root: root(), path: "sites", set: "sites" }, request.query, {
      id: `${host},${seededGuid(directory.world.seed, host, "site")},${seededGuid(directory.world.seed, host, "web")}`,
      name: "",
      displayName: "Communication site",
      webUrl: `https://${host}`,
    });
  });
}

/** People who are licensed have a drive; others have never had one made. */
function driveOwner(directory: Directory, id: string): User {
  const user = directory.user(id);
  if (user === undefined) throw resourceNotFound(id);
  if (user.assignedLicenses.length === 0) throw new GraphError(404, "ResourceNotFound", "User's mysite not found.");
  return user;
}

function driveId({ world }: Directory, { id }: User): string {
  return seededGuid(world.seed, id, "drive");
}

function tenantName({ organization: { initialDomain } }: Directory): string {
  return initialDomain.split(".", 1)[0] ?? initialDomain;
}
