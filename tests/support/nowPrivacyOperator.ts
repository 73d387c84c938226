/** A person at NOW Privacy who goes by a runbook: enters what stands in it, and the secret from where it says that the secret is. */
import type { DataSourceChange, IngestionScope, NewDataSource } from "../../sandbox/nowprivacy/model";
import { first, type Wire } from "../../sandbox/testing/wire";
import type { Scene } from "./engine";
import { stepsOf } from "./operator";

const prefix = "/nowprivacy/v1";

export class Operator {
  readonly #scene: Scene;
  readonly #wire: Wire;
  readonly #token: string;
  #requests = 0;

  constructor(scene: Scene, wire: Wire) {
    this.#scene = scene;
    this.#wire = wire;
    this.#token = scene.sandbox.environment(scene.tenant)["M365AUDIT_NOWPRIVACY_TOKEN"] ?? "";
  }

  /** Makes the data source of a runbook, and its dataset where that is not there. */
  async entersAll(runbook: string): Promise<void> {
    const steps = stepsOf(runbook).join("\n");
    const name = entered(steps, /choose the dataset `([^`]+)` from the dropdown/);
    const group = /Add the dataset `[^`]+` to the security group `([^`]+)`/.exec(steps)?.[1];
    const [domain, email] = [/the domain `([^`]+)`/, /the email `([^`]+)`/].map((field) => field.exec(steps)?.[1]);
    const scope = entered(steps, /Choose the ingestion scope \*\*([^*]+)\*\*/);
    const description = /\*\*Add Custom Description\*\* and enter `([^`]+)`/.exec(steps)?.[1];
    const source: NewDataSource = {
      datasetId: await this.#dataset(name, group),
      type: "office365",
      service: "exchange",
      applicationId: entered(steps, /\*\*Application \(Client\) ID\*\*: enter `([^`]+)`/),
      clientSecret: await this.clientSecret(steps),
      tenantId: entered(steps, /\*\*Directory \(Tenant\) ID\*\*: enter `([^`]+)`/),
      ingestionScope: (scope === "Everything"
        ? { type: "everything" }
        : { type: "groupEmail", domain, email }) as IngestionScope,
      country: entered(steps, /Select the country `[^`]+` \(`([A-Z]{2})`\)/),
      ...(description === undefined ? {} : { customDescription: description }),
      crawlPriority: Number(entered(steps, /Set the \*\*Crawl priority\*\* to `([^`]+)`/)),
      crawlMode: steps.includes("choose **Continuous**") ? "continuous" : "once",
      startCrawlImmediately: steps.includes("Click **Start Crawl Immediately**"),
    };
    await this.#send("POST", "data-sources", source);
  }

  /** What `pulumi stack output … --show-secrets` prints, by the name that the steps give. */
  async clientSecret(steps = "`pulumi stack output clientSecret --show-secrets --stack contoso`"): Promise<string> {
    const command = entered(steps, /`pulumi (stack output \S+ --show-secrets --stack \S+)`/);
    return (await this.#scene.stack.pulumi(...command.split(" "))).trim();
  }

  /** Changes the one data source that there is. */
  async changes(change: DataSourceChange): Promise<void> {
    const { id } = first(this.#scene.sandbox.control.nowPrivacy().dataSources);
    await this.#send("PATCH", `data-sources/${id}`, change);
  }

  /** Its id: that of the dropdown, else of a new one. */
  async #dataset(name: string, group: string | undefined): Promise<string> {
    const known = this.#scene.sandbox.control.nowPrivacy().datasets.find((dataset) => dataset.name === name);
    if (known !== undefined) return known.id;
    return this.#send("POST", "datasets", { name, securityGroups: group === undefined ? [] : [group] });
  }

  async #send(method: string, path: string, body: object): Promise<string> {
    this.#requests += 1;
    const { status, body: answer } = await this.#wire.send(method, `${prefix}/${path}`, {
      headers: {
        authorization: `Bearer ${this.#token}`,
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
        "idempotency-key": `operator-request-${String(this.#requests)}`,
      },
      body: JSON.stringify(body),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${String(status)} ${JSON.stringify(answer)}`);
    return answer.id;
  }
}

function entered(steps: string, field: RegExp): string {
  const [, value] = field.exec(steps) ?? [];
  if (value === undefined) throw new Error(`the steps say nothing of ${field.source}:\n${steps}`);
  return value;
}
