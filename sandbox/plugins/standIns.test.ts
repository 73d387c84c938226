import { fork } from "node:child_process";
import { connect as openSocket } from "node:net";
import path from "node:path";
import { connect } from "./testing/driver";
import { plainMap, shown, type ValueMap } from "./values";
import { startStandIns, standInNames, type StandIns } from "./standIns";

/** The sources, so that the test does not depend on what was compiled when. */
const main = path.join(__dirname, "main.ts");
const nodeOptions = ["-r", path.resolve(__dirname, "../../scripts/typescript.cjs")];
const CERTIFICATE = "tls:index/selfSignedCert:SelfSignedCert";
const environment = { M365AUDIT_SANDBOX_NOW: "2030-01-01T00:00:00Z" };

const portsOf = (debugProviders: string): number[] =>
  debugProviders.split(",").map((item) => Number(item.split(":")[1]));

const refuses = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = openSocket(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => {
      resolve(true);
    });
  });

describe("the processes", () => {
  let standIns: StandIns;

  beforeAll(async () => {
    standIns = await startStandIns({ environment, main, nodeOptions });
  }, 60_000);

  afterAll(() => standIns.close());

  it("are named for the engine, each with its port", () => {
    expect(standIns.debugProviders).toMatch(/^azuread:\d+,tls:\d+,command:\d+$/);
  });

  it("serve the versions of the official plugins, with the time that they were given", async () => {
    const [, tlsPort = 0, commandPort = 0] = portsOf(standIns.debugProviders);
    const tls = await connect(tlsPort);
    const command = await connect(commandPort);
    expect([(await tls.info()).getVersion(), (await command.info()).getVersion()]).toEqual(["5.6.1", "1.2.1"]);
    const key = await tls.create("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const certificate = await tls.create("tls:index/selfSignedCert:SelfSignedCert", {
      allowedUses: [],
      privateKeyPem: key.outputs["privateKeyPem"] ?? null,
      validityPeriodHours: 1,
    });
    expect(certificate.outputs["validityStartTime"]).toMatch(/^2030-01-01T00:0/);
    await Promise.all([tls.close(), command.close()]);
  });

  it("have moved their clocks when setTime is done, so that a certificate is seen to run out", async () => {
    const [, tlsPort = 0] = portsOf(standIns.debugProviders);
    const tls = await connect(tlsPort);
    const key = await tls.create("tls:index/privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const inputs: ValueMap = {
      allowedUses: [],
      privateKeyPem: key.outputs["privateKeyPem"] ?? null,
      validityPeriodHours: 24,
    };
    await standIns.setTime("2031-03-01T00:00:00Z");
    const certificate = await tls.create(CERTIFICATE, inputs);
    expect(certificate.outputs["validityEndTime"]).toMatch(/^2031-03-02T00:0/);
    expect((await tls.diff(CERTIFICATE, certificate, inputs)).changes).toBe(false);
    await standIns.setTime(new Date("2031-03-02T00:10:00Z"));
    expect((await tls.refresh(CERTIFICATE, certificate))?.outputs["readyForRenewal"]).toBe(true);
    expect((await tls.diff(CERTIFICATE, certificate, inputs)).replaces).toEqual(["readyForRenewal"]);
    await standIns.setTime(undefined);
    const now = await tls.create(CERTIFICATE, inputs);
    expect(Math.abs(Date.parse(shown(plainMap(now.outputs)["validityStartTime"] ?? null)) - Date.now())).toBeLessThan(
      60_000,
    );
    await tls.close();
  });

  it("stay as they are for what is no time", async () => {
    await expect(standIns.setTime("soon")).rejects.toThrow('"soon" is not a time in RFC 3339');
  });
});

it("end when they are closed", async () => {
  const standIns = await startStandIns({ environment, main, nodeOptions });
  await standIns.close();
  await expect(standIns.setTime(new Date())).rejects.toThrow("has ended, so its clock can't be set");
  for (const port of portsOf(standIns.debugProviders)) expect(await refuses(port)).toBe(true);
}, 60_000);

it("ends with its parent", async () => {
  const child = fork(main, ["tls"], { execArgv: [...nodeOptions], stdio: ["ignore", "pipe", "ignore", "ipc"] });
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // What the child sees when its parent is gone, in whatever way.
  child.disconnect();
  expect(await ended).toBe(0);
}, 60_000);

it("says why a process did not start", async () => {
  const start = startStandIns({ environment: { M365AUDIT_SANDBOX_NOW: "soon" }, main, nodeOptions });
  await expect(start).rejects.toThrow(/The stand-in for \w+ ended with code 1: M365AUDIT_SANDBOX_NOW is not a time/);
}, 60_000);

it("knows the plugins that the package's components need", () => {
  expect(standInNames).toEqual(["azuread", "tls", "command"]);
});
