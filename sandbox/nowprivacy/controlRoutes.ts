/** The part of the control API that is about NOW Privacy. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { NowPrivacyControl } from "./control";

export const nowPrivacyControlRoutes = [
  "GET /_sandbox/nowprivacy",
  "GET /_sandbox/nowprivacy/{outages|losses}",
  "POST /_sandbox/nowprivacy/security-groups {name}",
  "POST /_sandbox/nowprivacy/datasets {name, securityGroups: [...]}",
  "PATCH /_sandbox/nowprivacy/datasets/{id} {name?, securityGroups?: [...]}",
  "PATCH /_sandbox/nowprivacy/data-sources/{id} {country?, customDescription?, crawlPriority?, crawlMode?}",
  "POST /_sandbox/nowprivacy/data-sources/{id}/crawl {action: start|pause|resume|stop}",
  "DELETE /_sandbox/nowprivacy/data-sources/{id}",
  "DELETE /_sandbox/nowprivacy/datasets/{name}",
];

const group = z.strictObject({ name: z.string().min(1) });
const newDataset = z.strictObject({ name: z.string().min(1), securityGroups: z.array(z.string()) });
const datasetPatch = z.strictObject({
  name: z.string().min(1).exactOptional(),
  securityGroups: z.array(z.string()).exactOptional(),
});
const dataSourcePatch = z.strictObject({
  country: z.string().exactOptional(),
  customDescription: z.string().exactOptional(),
  crawlPriority: z.number().exactOptional(),
  crawlMode: z.enum(["once", "continuous"]).exactOptional(),
});
const crawl = z.strictObject({ action: z.enum(["start", "pause", "resume", "stop"]) });

interface ById {
  Params: { id: string };
}

export function registerNowPrivacyControl(scope: FastifyInstance, control: NowPrivacyControl): void {
  scope.get("/nowprivacy", () => control.nowPrivacy());
  scope.get("/nowprivacy/outages", () => ({ value: control.nowPrivacyOutages() }));
  scope.get("/nowprivacy/losses", () => ({ value: control.nowPrivacyLosses() }));
  scope.post("/nowprivacy/security-groups", ({ body }) => control.addSecurityGroup(group.parse(body).name));
  scope.post("/nowprivacy/datasets", ({ body }) => {
    const { name, securityGroups } = newDataset.parse(body);
    return control.addDataset(name, securityGroups);
  });
  scope.patch<ById>("/nowprivacy/datasets/:id", ({ params, body }) =>
    control.patchDataset(params.id, datasetPatch.parse(body)),
  );
  scope.patch<ById>("/nowprivacy/data-sources/:id", ({ params, body }) =>
    control.patchDataSource(params.id, dataSourcePatch.parse(body)),
  );
  scope.post<ById>("/nowprivacy/data-sources/:id/crawl", ({ params, body }) =>
    control.crawl(params.id, crawl.parse(body).action),
  );
  scope.delete<ById>("/nowprivacy/data-sources/:id", ({ params }, reply) => {
    control.deleteDataSource(params.id);
    return reply.code(204).send();
  });
  scope.delete<ById>("/nowprivacy/datasets/:id", ({ params }, reply) => {
    control.deleteDataset(params.id);
    return reply.code(204).send();
  });
}
