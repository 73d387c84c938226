import { manualClock } from "../core/clock";
import { claimsOf, Tokens } from "./token";

const tenantId = "11111111-2222-4333-8444-555555555555";
const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;

function issuer(claims: object = { tid: tenantId }) {
  const clock = manualClock();
  const asked: (string | undefined)[] = [];
  const tokens = new Tokens(
    async (challenge) => {
      asked.push(challenge);
      const number = asked.length;
      await new Promise((resolve) => setImmediate(resolve));
      return { token: jwt({ ...claims, number }), lifetimeMs: 3_600_000 };
    },
    tenantId.toUpperCase(),
    clock,
    "Exchange Online",
  );
  return { clock, asked, tokens };
}

test("however many ask at once, one token is got, and it is used until shortly before its end", async () => {
  const { clock, asked, tokens } = issuer();
  const held = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
  expect(new Set(held).size).toBe(1);
  await clock.sleep(3_500_000 - 60_000);
  await tokens.current();
  expect(asked).toHaveLength(1);
  await clock.sleep(60_000);
  await tokens.current();
  expect(asked).toHaveLength(2);
});

test("a refused token is replaced once, also for those who find it refused later", async () => {
  const { asked, tokens } = issuer();
  const refused = await tokens.current();
  const [a, b] = await Promise.all([tokens.renew(refused, '{"access_token":{}}'), tokens.renew(refused)]);
  expect(await tokens.renew(refused)).toBe(a);
  expect(b).toBe(a);
  expect(asked).toEqual([undefined, '{"access_token":{}}']);
});

test("a failed attempt does not stand in the way of the next", async () => {
  let tries = 0;
  const tokens = new Tokens(
    () => {
      tries += 1;
      if (tries === 1) return Promise.reject(new Error("no"));
      return Promise.resolve({ token: jwt({ tid: tenantId }), lifetimeMs: 3_600_000 });
    },
    tenantId,
    manualClock(),
    "Exchange Online",
  );
  await expect(tokens.current()).rejects.toThrow("no");
  await expect(tokens.current()).resolves.toMatchObject({ claims: { tid: tenantId } });
});

test.each([
  ["another tenant's", { tid: "99999999-2222-4333-8444-555555555555" }],
  ["nobody's", {}],
])("%s token is not given out", async (_whose, claims) => {
  await expect(issuer(claims).tokens.current()).rejects.toMatchObject({ tag: "WrongTenant" });
});

test("a token says what it grants; what is no token says nothing", () => {
  const claims = { tid: tenantId, azp: "app", roles: ["Exchange.ManageAsApp"], wids: ["role"] };
  expect(claimsOf(jwt(claims))).toEqual({ tid: tenantId, appid: "app", roles: claims.roles, wids: claims.wids });
  expect(claimsOf("opaque")).toBeUndefined();
  expect(claimsOf("a.b.c")).toBeUndefined();
});
