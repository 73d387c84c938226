import { manualClock } from "../../core/clock";
import { AskedWaits } from "../../core/wait";
import { pages } from "./pages";
import type { AdminAnswer, AdminRequest, Transport } from "./transport";

const endpoint = new URL("https://outlook.example");
const first: AdminRequest = { method: "GET", url: "Mailbox", anchor: "", operation: "listing", subject: "mailboxes" };

test("a list whose links never end is an error after 5,000 pages", async () => {
  let asked = 0;
  const send = (): Promise<AdminAnswer> => {
    asked += 1;
    const url = new URL(`/${String(asked)}`, endpoint);
    const json = { value: [], "@odata.nextLink": `/${String(asked + 1)}` };
    return Promise.resolve({ json, url, header: () => undefined, token: { value: "" } } as unknown as AdminAnswer);
  };
  const transport = { endpoint, send, world: { clock: manualClock() } } as unknown as Transport;
  const reading = async (): Promise<void> => {
    for await (const rows of pages(transport, first, new AskedWaits())) expect(rows).toEqual([]);
  };
  await expect(reading()).rejects.toThrow("listing mailboxes: after 5000 pages there is still another one");
  expect(asked).toBe(5_000);
});
