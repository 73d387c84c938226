/** An Office 365 data source of NOW Privacy. */
import {
  type Change,
  type Context,
  type Gone,
  InvalidInput,
  M365AuditError,
  type Observation,
  PartiallyApplied,
  type Plan,
  WrongTenant,
  defineKind,
  gone,
  planProperties,
  requireStackTenant,
  sameTenant,
} from "../core";
import type { Backend, DataSource, DataSourceChange, NewDataSource } from "./backend";
import { isPrepared } from "./bulkFile/id";
import { isOperatorId } from "../operator/ids";
import { handOver } from "./byHand";
import { connectBackend, idempotencyKey } from "./connect";
import { crawlStateOf, recordedCrawl, wantedCrawl } from "./crawlState";
import { type Held, lossesOf } from "./dataLoss";
import {
  type DataSourceDesired,
  type DataSourceInputs,
  type DataSourceState,
  dataSourceContract,
} from "./dataSourceContract";
import type { IngestionScope } from "./ingestionScope";

/** What the product is told of a change. */
const changeable = [
  "applicationId",
  "clientSecret",
  "ingestionScope",
  "folderPath",
  "country",
  "customDescription",
  "crawlPriority",
  "crawlMode",
] as const satisfies readonly (keyof DataSourceChange & keyof DataSourceInputs)[];
/** What is only declared. */
const ownBusiness = [
  "startImmediately",
  "reach",
  "allowDataLoss",
  "clientSecretReference",
  "datasetName",
] as const satisfies readonly (keyof DataSourceInputs)[];
const credential: readonly string[] = ["applicationId", "clientSecret"];

export const dataSource = defineKind<DataSourceDesired, DataSourceState, unknown>({
  contract: dataSourceContract,

  settle: (declared, before) => ({ crawl: wantedCrawl(declared, recordedCrawl(before?.["crawl"])) }),

  async observe(ctx, { id, inputs, last }) {
    requireStackTenant(ctx.settings, inputs.tenantId, "configuring the NOW Privacy data source of tenant");
    const backend = await connectBackend(ctx);
    if (id === undefined) return gone;
    // What cannot be read is taken to be as it was recorded.
    if (backend.createOnly === true) return { id, state: (last ?? {}) as DataSourceState };
    const found = await backend.dataSource(id);
    if (found === gone) return gone;
    const recorded = last?.["tenantId"];
    requireSameTenant("reading data source", found, typeof recorded === "string" ? recorded : inputs.tenantId);
    const secret = last?.["clientSecret"];
    return observation(found, last ?? inputs, typeof secret === "string" ? secret : undefined);
  },

  /** @throws InvalidInput when a change would destroy part of the product's copy and `allowDataLoss` does not say that it may */
  plan(desired, observed) {
    if (observed !== gone && !desired.allowDataLoss) {
      const losses = lossesOf(desired, held(observed));
      if (losses.length > 0) throw new InvalidInput(`${dataSourceContract.token} ${observed.id}`, losses);
    }
    return unguardedPlan(desired, observed);
  },

  async apply(ctx, { desired, observed, changes }) {
    const backend = await connectBackend(ctx);
    if (observed !== gone) {
      const { id, state } = observed;
      const real = changes.filter(({ path }) => !(ownBusiness as readonly string[]).includes(path));
      if (backend.createOnly === true) {
        handOver(ctx, `data source ${state.description === "" ? id : `"${state.description}"`}`, id, real);
        const { folderPath: _, customDescription: __, ...rest } = withOwnBusiness(state, desired);
        return { id, state: { ...rest, ...desired, crawl: wantedCrawl(desired, state.crawl) } };
      }
      if (real.length === 0) return { id, state: withOwnBusiness(state, desired) };
      return update(ctx, backend, observed, desired, real);
    }
    const made = await backend.addDataSource(newDataSource(desired), keyOf(ctx, desired));
    if (made.isNew || backend.createOnly === true) return observation(made.object, desired, desired.clientSecret);
    ctx.report(`NOW Privacy: going on with data source ${made.object.id}, which an earlier run had begun`);
    requireSameTenant("going on with data source", made.object, desired.tenantId);
    const applied = await this.apply(ctx, this.plan(desired, observation(made.object, desired, undefined)));
    if (!desired.startImmediately || !["notStarted", "awaitingStart"].includes(applied.state.crawl)) return applied;
    return observation(await backend.startCrawl(applied.id), desired, desired.clientSecret);
  },

  async remove(ctx, id, last) {
    requireStackTenant(ctx.settings, last.tenantId, "removing the NOW Privacy data source of tenant");
    const backend = await connectBackend(ctx);
    if (backend.createOnly === true) return backend.forgetDataSource(id);
    const found = await backend.dataSource(id);
    if (found === gone) return;
    requireSameTenant("removing data source", found, last.tenantId);
    await backend.deleteDataSource(id);
  },
});

/** The plan of a change that was let through before, or that only has to be shown. PURE. */
export function unguardedPlan(
  desired: DataSourceDesired,
  observed: Observation<DataSourceState> | Gone,
): Plan<DataSourceDesired, DataSourceState> {
  if (observed === gone) return planProperties(dataSourceContract, desired, gone);
  // From what was found, not from what was settled: a single crawl may be over by now.
  const crawl = wantedCrawl(desired, observed.state.crawl);
  return planProperties(dataSourceContract, { ...desired, crawl }, observed);
}

/**
 * One request for all properties. Where the credential changes, a crawl that runs is paused before and resumed after, so that none
 * meets a credential that is about to go. If the change fails, the crawl is resumed as it was. If it breaks off in between, the crawl stays
 * paused: nothing is deleted, and the next preview shows it.
 */
async function update(
  ctx: Context,
  backend: Backend,
  { id, state }: Observation<DataSourceState>,
  desired: DataSourceDesired,
  changes: readonly Change[],
): Promise<Observation<DataSourceState>> {
  const pauses = state.crawl === "running" && changes.some(({ path }) => credential.includes(path));
  let now: Observation<DataSourceState> = { id, state };
  let isPaused = false;
  let isChanged = false;
  try {
    if (pauses) {
      ctx.report(`NOW Privacy: pausing the crawl of data source ${id} while its credential is switched`);
      isPaused = (await backend.pauseCrawl(id)).crawl.state === "paused";
      if (isPaused) now = { id, state: { ...state, crawl: "paused" } };
    }
    const change = changeOf(changes, desired);
    if (change !== undefined)
      now = observation(await backend.changeDataSource(id, change), desired, desired.clientSecret);
    else now = { id, state: withOwnBusiness(now.state, desired) };
    isChanged = true;
    // A single crawl that was over before it could be paused is not started again.
    const runs = isPaused || changes.some(({ path }) => path === "crawl");
    if (!runs || now.state.crawl === "running") return now;
    ctx.report(`NOW Privacy: ${now.state.crawl === "paused" ? "resuming" : "starting"} the crawl of data source ${id}`);
    const act = now.state.crawl === "paused" ? backend.resumeCrawl : backend.startCrawl;
    return observation(await act(id), desired, desired.clientSecret);
  } catch (error) {
    // Whether it was changed or not: Entra holds both credentials, so the crawl may go on with either.
    if (isPaused && !isChanged && (await isResumed(backend, id))) throw error;
    if (!isPaused && now.state === state) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const facts =
      error instanceof M365AuditError
        ? error.facts
        : { operation: "changing data source", subject: id, happened: why, cause: error };
    const next = isPaused
      ? { next: `${facts.next ?? ""} The crawl is paused; the next \`pulumi up\` resumes it.`.trim() }
      : {};
    throw new PartiallyApplied({ ...facts, ...next }, id, { ...now.state }, [why]);
  }
}

/** Tries to let a crawl go on that was paused for a change that failed. What it fails with is of no interest: the change's error is. */
function isResumed(backend: Backend, id: string): Promise<boolean> {
  return backend.resumeCrawl(id).then(
    ({ crawl }) => crawl.state !== "paused",
    () => false,
  );
}

/** What the product holds, as far as it can be read. */
function held({ id, state }: Observation<DataSourceState>): DataSourceState & Held {
  return { ...state, unreadable: isPrepared(id) || isOperatorId(id) };
}

/** What the request carries; an optional property that is to go away is null there. */
function changeOf(changes: readonly Change[], desired: DataSourceInputs): DataSourceChange | undefined {
  const names = changeable.filter((name) => changes.some(({ path }) => path === name));
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, desired[name] ?? null]));
}

function newDataSource(desired: DataSourceInputs): NewDataSource {
  const { startImmediately, folderPath, customDescription } = desired;
  const { datasetId, service, applicationId, clientSecret, tenantId } = desired;
  const { ingestionScope, country, crawlPriority, crawlMode } = desired;
  return {
    datasetId,
    service,
    applicationId,
    clientSecret,
    tenantId,
    ingestionScope,
    country,
    crawlPriority,
    crawlMode,
    startCrawlImmediately: startImmediately,
    ...(folderPath === undefined ? {} : { folderPath }),
    ...(customDescription === undefined ? {} : { customDescription }),
  };
}

function keyOf(ctx: Context, { datasetId, service, tenantId }: DataSourceInputs): string {
  return idempotencyKey(ctx, "dataSource", datasetId, service, tenantId);
}

/** @throws WrongTenant when the product has the data source for another tenant than was recorded */
function requireSameTenant(operation: string, { id, tenantId }: DataSource, expected: string): void {
  if (sameTenant(tenantId, expected)) return;
  throw new WrongTenant({
    operation,
    subject: id,
    happened: `NOW Privacy has it for tenant ${tenantId} by now, not for ${expected}`,
    next:
      "Nothing was written. If that is meant, take the resource out of the state with `pulumi state delete` and declare what is there " +
      "now; else find out in NOW Privacy who changed it.",
    property: "tenantId",
  });
}

function withOwnBusiness(state: DataSourceState, declared: Partial<DataSourceInputs>): DataSourceState {
  const { reach: _, clientSecretReference: __, datasetName: ___, ...rest } = state;
  const { startImmediately = false, allowDataLoss = false, reach, clientSecretReference, datasetName } = declared;
  return {
    ...rest,
    startImmediately,
    allowDataLoss,
    ...(reach === undefined ? {} : { reach: [...reach] }),
    ...(clientSecretReference === undefined ? {} : { clientSecretReference }),
    ...(datasetName === undefined ? {} : { datasetName }),
  };
}

/** How the product writes an address is no difference. */
function lowerCase(scope: IngestionScope): IngestionScope {
  if (scope.type === "everything") return scope;
  const domain = scope.domain.toLowerCase();
  return scope.type === "domain" ? { ...scope, domain } : { ...scope, domain, email: scope.email.toLowerCase() };
}

const sampleSize = 5;

function observation(
  found: DataSource,
  declared: Partial<DataSourceInputs>,
  clientSecret: string | undefined,
): Observation<DataSourceState> {
  const { id, folderPath, customDescription, crawl } = found;
  const state = {
    datasetId: found.datasetId,
    service: found.service,
    applicationId: found.applicationId.toLowerCase(),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    tenantId: found.tenantId.toLowerCase(),
    ingestionScope: lowerCase(found.ingestionScope),
    ...(folderPath === undefined ? {} : { folderPath }),
    country: found.country.toUpperCase(),
    ...(customDescription === undefined ? {} : { customDescription }),
    crawlPriority: found.crawlPriority,
    crawlMode: found.crawlMode,
    startImmediately: false,
    allowDataLoss: false,
    crawl: crawlStateOf(found),
    dataSourceId: id,
    description: found.description,
    progress: {
      discovered: crawl.discovered,
      crawled: crawl.crawled,
      analysed: crawl.analysed,
      containers: crawl.containers,
    },
    crawlErrors: {
      count: crawl.errors.length,
      sample: crawl.errors.slice(0, sampleSize).map(({ message }) => message),
    },
  };
  return { id, state: withOwnBusiness(state, declared) };
}
