import { manualClock } from "../../core/clock";
import type { Context } from "../../core/kind";
import { connectGraph } from "./connect";

const contoso = "11111111-1111-4111-8111-111111111111";

function contextWith(settings: Readonly<Record<string, string>>): Context {
  return { clock: manualClock(), settings: { get: (name) => settings[name] }, report: () => undefined };
}

test("a stack that is for another tenant opens no connection", async () => {
  const fabrikam = "22222222-2222-4222-8222-222222222222";
  await expect(connectGraph(contextWith({ tenantId: fabrikam }), { tenantId: contoso })).rejects.toMatchObject({
    tag: "WrongTenant",
    property: "tenantId",
  });
});

test("a setting that names no cloud is an error", async () => {
  const connecting = connectGraph(contextWith({ environment: "private" }), { tenantId: contoso });
  await expect(connecting).rejects.toMatchObject({ tag: "InvalidInput" });
});
