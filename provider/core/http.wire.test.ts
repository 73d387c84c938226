import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { createHttp, type Http, type HttpRequest } from "./http";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Where a server of this machine answers so. */
async function answering(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function http(options: Parameters<typeof createHttp>[0] = {}): Promise<Http> {
  const made = await createHttp({ environment: {}, ...options });
  open.push(() => made.close());
  return made;
}

const doing = { method: "POST", operation: "changing", subject: "it" } as const;
const limitedTo = (mebibytes: string) => ({
  get: (name: string) => (name === "answerLimitMebibytes" ? mebibytes : undefined),
});

/** What the request failed with. */
async function failure(request: HttpRequest, options: Parameters<typeof createHttp>[0] = {}): Promise<unknown> {
  return (await http(options)).send(request).then(
    () => new Error("no error"),
    (error: unknown) => error,
  );
}

describe("an answer that did not come", () => {
  test("from an address where nobody listens: the request was never sent", async () => {
    const url = await answering(() => undefined);
    for (const close of open.splice(0)) await close();
    expect(await failure({ ...doing, url })).toMatchObject({
      tag: "Unavailable",
      mayHaveHappened: false,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("from a name that nobody knows: the request was never sent", async () => {
    const url = "https://nowhere.invalid/";
    expect(await failure({ ...doing, url })).toMatchObject({ tag: "Unavailable", mayHaveHappened: false });
  });

  test("because the connection broke after the request was sent: it may have been carried out", async () => {
    const url = await answering((request) => request.socket.destroy());
    expect(await failure({ ...doing, url })).toMatchObject({ tag: "Unavailable", mayHaveHappened: true });
  });

  test("because it was cut off in the middle: it may have been carried out", async () => {
    const url = await answering((request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half of it", () => request.socket.destroy());
    });
    expect(await failure({ ...doing, url })).toMatchObject({ tag: "Unavailable", mayHaveHappened: true });
  });

  test("in time: it may have been carried out", async () => {
    const url = await answering(() => undefined);
    expect(await failure({ ...doing, url, timeoutMs: 50 })).toMatchObject({
      tag: "Unavailable",
      mayHaveHappened: true,
      message: "changing it: no answer within 0.05 s",
    });
  });
});

describe("an answer that cannot be read", () => {
  test("because nobody knows its encoding: it may have been carried out", async () => {
    const url = await answering((_request, response) => response.setHeader("content-encoding", "xpress").end("\u0001"));
    expect(await failure({ ...doing, url })).toMatchObject({
      tag: "Unavailable",
      mayHaveHappened: true,
      message: 'changing it: the answer cannot be decoded (content-encoding "xpress" is not known)',
    });
  });

  test.each([
    ["gzip is none", "gzip", Buffer.from("no gzip at all")],
    ["gzip is cut off", "gzip", gzipSync("x".repeat(10_000)).subarray(0, 30)],
    ["brotli is none", "br", Buffer.from("no brotli at all")],
  ])("because its %s: it may have been carried out", async (_what, encoding, body) => {
    const url = await answering((_request, response) => response.setHeader("content-encoding", encoding).end(body));
    expect(await failure({ ...doing, url })).toMatchObject({
      tag: "Unavailable",
      mayHaveHappened: true,
      message: expect.stringContaining("the answer cannot be decoded"),
    });
  });

  test("is not the compressed one that nobody asked for", async () => {
    const url = await answering((_request, response) =>
      response.setHeader("content-encoding", "gzip").end(gzipSync('{"value":[]}')),
    );
    expect(await (await http()).send({ ...doing, url })).toMatchObject({ text: '{"value":[]}' });
  });
});

describe("the size of an answer", () => {
  const mebibyte = "x".repeat(1024 * 1024);

  test("is limited: the error says what was asked, the limit and the setting, and the rest is not read", async () => {
    let written = 0;
    const cut = new EventEmitter();
    const isCut = once(cut, "cut");
    const url = await answering((_request, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        written += 1;
        response.write(mebibyte, more);
      };
      response.on("close", () => cut.emit("cut"));
      more();
    });
    expect(await failure({ ...doing, url }, { settings: limitedTo("2") })).toMatchObject({
      tag: "Rejected",
      message:
        "changing it: the answer is larger than 2 MiB, and was not read to its end. " +
        "m365audit:answerLimitMebibytes says how large an answer may be.",
    });
    await isCut;
    expect(written).toBeLessThan(64);
  });

  test("is that of what was decoded", async () => {
    const body = gzipSync(mebibyte.repeat(3));
    const url = await answering((_request, response) => response.setHeader("content-encoding", "gzip").end(body));
    expect(await failure({ ...doing, url }, { settings: limitedTo("2") })).toMatchObject({ tag: "Rejected" });
  });

  test("may be just the limit", async () => {
    const url = await answering((_request, response) => response.end(mebibyte));
    const { text } = await (await http({ settings: limitedTo("1") })).send({ ...doing, url });
    expect(text).toHaveLength(1024 * 1024);
  });

  test("is a whole number of MiB", async () => {
    await expect(createHttp({ settings: limitedTo("lots") })).rejects.toThrow(
      'm365audit:answerLimitMebibytes: "lots" was given; allowed: a whole number from 1 to 1024, such as 64',
    );
  });
});

describe("undici's own limits", () => {
  /** Undici keeps time by a clock of its own, which its tests, and this one, move on. */
  const timers = jest.requireActual<{ tick(ms: number): void }>("undici/lib/util/timers");

  /** What comes of a request whose answer begins, and ends, after 16 minutes each by undici's clock. */
  async function afterHalfAnHour(send: (url: string) => Promise<string>): Promise<string> {
    const arrived: (() => void)[] = [];
    const waiting = () => new Promise<void>((resolve) => arrived.push(resolve));
    const quarter = async (): Promise<void> => {
      for (let minute = 0; minute < 16; minute += 1) {
        timers.tick(60_000);
        await new Promise(setImmediate);
      }
    };
    const begun = waiting();
    const url = await answering((_request, response) => {
      arrived[0]?.();
      void quarter()
        .then(() => new Promise<void>((resolve) => response.write("long ", () => resolve())))
        .then(() => new Promise((resolve) => setImmediate(resolve)))
        .then(quarter)
        .then(() => response.end("but well"));
    });
    const answer = send(url);
    await begun;
    return answer;
  }

  test("do not end a cmdlet that takes a quarter of an hour", async () => {
    const client = await http();
    const answer = await afterHalfAnHour((url) => client.send({ ...doing, url }).then(({ text }) => text));
    expect(answer).toBe("long but well");
  });

  test("would, as they are", async () => {
    const { request } = await import("undici");
    const asItIs = afterHalfAnHour((url) => request(url).then(({ body }) => body.text()));
    await expect(asItIs).rejects.toThrow("Headers Timeout Error");
  });
});

describe("a run that is to stop", () => {
  test("sends nothing more", async () => {
    let asked = 0;
    const url = await answering((_request, response) => {
      asked += 1;
      response.end();
    });
    const client = await http();
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(client.send({ ...doing, url, signal })).rejects.toThrow("stopped");
    expect(asked).toBe(0);
  });

  test("still takes the answer to what it sent", async () => {
    const stop = new AbortController();
    const url = await answering((_request, response) => {
      stop.abort(new Error("stopped"));
      setImmediate(() => response.end("done"));
    });
    const client = await http();
    await expect(client.send({ ...doing, url, signal: stop.signal })).resolves.toMatchObject({ text: "done" });
  });

  test("does not wait for what only reads", async () => {
    const stop = new AbortController();
    const url = await answering(() => stop.abort(new Error("stopped")));
    const client = await http();
    await expect(client.send({ ...doing, method: "GET", url, signal: stop.signal })).rejects.toThrow("stopped");
  });
});

test("the credential that was sent is in no answer, even where it looks like no token", async () => {
  const url = await answering((request, response) => {
    const sent = request.headers.authorization ?? "";
    response.setHeader("x-ms-diagnostics", `refused: ${sent}`).end(JSON.stringify({ error: sent }));
  });
  const { text, header } = await (
    await http()
  ).send({ ...doing, url, headers: { Authorization: "Bearer plain-words-of-a-gateway" } });
  expect(text).toBe('{"error":"Bearer (token)"}');
  expect(header("x-ms-diagnostics")).toBe("refused: Bearer (token)");
});
