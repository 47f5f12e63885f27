import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkWorkflows } from '../check/check_workflows.ts';
import { killsDuringCalls } from '../check/kills_during_calls.ts';
import { maxStallMs } from '../check/slow_machine.ts';
import type { HistoryEvent } from '../history/events.ts';
import { MemoryRecorder } from '../history/recorder.ts';
import { watchForStalls } from '../history/stall_watch.ts';
import { CONNECTIONS } from '../plan/round_script.ts';
import { timingsFor } from '../plan/timings.ts';
import { type WorkflowScript, writeWorkflowScript } from '../plan/workflow_script.ts';
import type { WorkflowChaosSettings } from '../plan/workflow_settings.ts';
import { SERVICE } from '../plan/workflow_shapes.ts';
import { PROVIDER_ORIGIN, ProviderServer } from '../provider/provider_server.ts';
import { openElasticsearchCluster } from '../store/elasticsearch_cluster.ts';
import { openSqliteFile } from '../store/sqlite_file.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import type { ChaosFailure } from './chaos_run.ts';
import { KeyPlan } from './key_plan.ts';
import { connectAll, createConnectors } from './run_round.ts';
import { WorkerPool } from './worker_pool.ts';
import { WorkflowClient } from './workflow_client.ts';
import { quiesceWorkflows, recordFinalRuns } from './workflow_quiesce.ts';
import { playWorkflowScript, type WorkflowEnvironment } from './workflow_round.ts';

const ONE_NODE = { nodes: 1, urls: undefined };
/** Maximum attempts of a round that a slow machine disturbs. After them it counts as undecided. */
const MAX_ATTEMPTS = 3;
/** Invariants that do not depend on time. */
const NEVER_EXCUSED: readonly number[] = [3, 4, 6];

/** Totals of a run with workflows. */
export interface WorkflowStatistics {
  readonly rounds: number;
  /** Number of runs that a server has started. */
  readonly runs: number;
  /** Number of starts without a confirmation: the server refused, or did not respond. */
  readonly refused: number;
  /** Number of processes that were killed during rounds. */
  readonly kills: number;
  /** Number of kills of processes whose requests were in progress at the service. */
  readonly killsDuringCalls: number;
  /** Number of requests at the service. */
  readonly calls: number;
  /** Number of times that another process took a run over, or that a run continued after a wait. */
  readonly takeovers: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly injections: Readonly<Record<string, number>>;
  readonly tookMs: number;
}

/** Result of a run with workflows. */
export interface WorkflowChaosResult extends WorkflowStatistics {
  /** Rounds without a result, because the machine stalled at each attempt. */
  readonly undecided: readonly number[];
  /** First violation. `undefined`: no invariant was violated. */
  readonly failure: ChaosFailure | undefined;
}

/** Callbacks and signal of a caller that observes a run. */
interface Watch {
  onRound?(round: number, statistics: WorkflowStatistics): void;
  /** Signal after which no further round starts. */
  readonly signal?: AbortSignal;
}

/**
 * Runs rounds of workflows between whole servers. The run ends when all rounds are done, the time
 * has passed, it is aborted, or an invariant does not hold.
 * @throws EsError when Elasticsearch is not available
 */
export async function runWorkflowChaos(
  settings: WorkflowChaosSettings,
  watch: Watch = {},
): Promise<WorkflowChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-chaos-'));
  const chaos = new WorkflowChaos(settings, folder);
  let isKept = false;
  try {
    await chaos.start();
    isKept = settings.mutation === undefined;
    const result = await chaos.play(watch);
    isKept = result.failure !== undefined && settings.mutation === undefined;
    return result;
  } finally {
    await chaos.stop(isKept);
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

class WorkflowChaos {
  readonly #settings: WorkflowChaosSettings;
  readonly #folder: string;
  readonly #recorder = new MemoryRecorder();
  readonly #provider = new ProviderServer(this.#recorder);
  readonly #stopWatch = watchForStalls(this.#recorder, 'harness');
  readonly #totals = {
    rounds: 0,
    runs: 0,
    refused: 0,
    kills: 0,
    killsDuringCalls: 0,
    calls: 0,
    takeovers: 0,
  };
  readonly #statuses = new Map<string, number>();
  readonly #injections = new Map<string, number>();
  #startedAt = performance.now();
  #store: StoreUnderChaos | undefined;
  #pool: WorkerPool | undefined;
  #environment: WorkflowEnvironment | undefined;
  #names = 0;

  constructor(settings: WorkflowChaosSettings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
  }

  async start(): Promise<void> {
    const { processes, mutation, seed, store: kind } = this.#settings;
    const [recorder, folder, provider] = [this.#recorder, this.#folder, this.#provider];
    const origins = await Promise.all(
      Array.from({ length: processes }, (_, index) =>
        provider.open(() => this.#pool?.nameOf(index) ?? ''),
      ),
    );
    const store = await this.#openStore();
    this.#store = store;
    const keys = new KeyPlan(recorder);
    const timings = timingsFor({ callers: 1, wholeServer: true, store: kind });
    const workflows = {
      timings: this.#settings.timings,
      mutation,
      // Every fourth seed runs as on one machine, where a stopped process keeps its runs.
      areMachinesSeparate: seed % 4 !== 0,
    };
    const shared = { folder, origins, wholeServer: true, store, keys, timings, recorder };
    const keepsOneReady = this.#settings.kills > 0;
    const pool = new WorkerPool(
      { ...shared, mutation: undefined, workflows, keepsOneReady },
      processes,
    );
    this.#pool = pool;
    const client = new WorkflowClient();
    this.#environment = {
      provider,
      pool,
      store,
      keys,
      timings,
      recorder,
      client,
      broken: new Set(),
      nextName: (prefix) => {
        this.#names += 1;
        return `${prefix}-${this.#names}`;
      },
    };
    await createConnectors(this.#environment);
    await client.meet(pool.all);
    await client.administer(pool.at(0), `/api/actions/connector/${SERVICE}`, {
      name: SERVICE,
      connector_type_id: '.http',
      config: { url: `${PROVIDER_ORIGIN}/api`, hasAuth: false },
      secrets: {},
    });
    this.#startedAt = performance.now();
  }

  /**
   * Stops the workers, the store and the provider.
   * @param keep `true`: keeps the folder, and the documents of a store outside of it
   */
  async stop(keep: boolean): Promise<void> {
    this.#stopWatch();
    await this.#pool?.stop();
    await this.#store?.close(keep);
    await this.#provider.stop();
  }

  async play({ onRound, signal }: Watch): Promise<WorkflowChaosResult> {
    const { fromRound, rounds, stopAfterMs = Number.POSITIVE_INFINITY } = this.#settings;
    const undecided: number[] = [];
    let failure: ChaosFailure | undefined;
    for (let round = fromRound; round < fromRound + rounds; round += 1) {
      if (performance.now() - this.#startedAt > stopAfterMs || signal?.aborted) break;
      let outcome: ChaosFailure | 'held' | 'inconclusive' = 'inconclusive';
      for (let attempt = 1; attempt <= MAX_ATTEMPTS && outcome === 'inconclusive'; attempt += 1)
        outcome = await this.#playRound(round, attempt);
      if (outcome === 'inconclusive') undecided.push(round);
      else if (outcome !== 'held') failure = outcome;
      onRound?.(round, this.#statistics());
      if (failure !== undefined) break;
    }
    return { ...this.#statistics(), undecided, failure };
  }

  async #playRound(
    round: number,
    attempt: number,
  ): Promise<ChaosFailure | 'held' | 'inconclusive'> {
    const environment = this.#environment;
    if (environment === undefined) throw new Error('The run was not started.');
    const script = this.#scriptOf(round, attempt);
    this.#provider.effects.reset();
    await quiesceWorkflows(environment);
    await connectAll(environment, CONNECTIONS);
    this.#take();
    this.#recorder.record({ type: 'round', round, script });
    await playWorkflowScript(environment, script);
    await quiesceWorkflows(environment);
    await recordFinalRuns(environment, script);
    const history = this.#take();
    this.#count(history, script);
    const violations = checkWorkflows(history, script.shapes, this.#settings.timings);
    if (violations.length === 0) return 'held';
    const isSlow = maxStallMs(history, round) >= this.#settings.timings.leaseMs / 2;
    const isExcusable = violations.every(({ invariant }) => !NEVER_EXCUSED.includes(invariant));
    if (isSlow && isExcusable && this.#settings.mutation === undefined) return 'inconclusive';
    const lines = history.map((event) => JSON.stringify(event)).join('\n');
    writeFileSync(join(this.#folder, 'history.jsonl'), `${lines}\n`);
    return { round, violations, history, folder: this.#folder };
  }

  /**
   * Returns the script of a round. Ids of workflows must be unique, so those of another attempt
   * have other names.
   */
  #scriptOf(round: number, attempt: number): WorkflowScript {
    const { scripts } = this.#settings;
    const script = scripts?.[round - 1] ?? writeWorkflowScript({ ...this.#settings, round });
    const shapes = script.shapes.map((shape) => ({
      ...shape,
      id: `${shape.id}-${round}-${attempt}`,
    }));
    return { ...script, shapes };
  }

  /** Returns the events of all processes since the last call. */
  #take(): readonly HistoryEvent[] {
    return [...this.#recorder.take(), ...(this.#pool?.takeEvents() ?? [])].sort(
      (a, b) => a.at - b.at,
    );
  }

  #count(history: readonly HistoryEvent[], { injections }: WorkflowScript): void {
    this.#totals.rounds += 1;
    // A kill may be recorded twice, by the process and by the harness.
    const killed = history.flatMap((event) => (event.type === 'killed' ? event.worker : []));
    this.#totals.kills += new Set(killed).size;
    this.#totals.killsDuringCalls += killsDuringCalls(history);
    for (const { type } of injections) count(this.#injections, type);
    for (const event of history) {
      if (event.type === 'run_started') this.#totals.runs += 1;
      if (event.type === 'run_not_started') this.#totals.refused += 1;
      if (event.type === 'service_request') this.#totals.calls += 1;
      if (event.type === 'run_written' && event.isTaken) this.#totals.takeovers += 1;
      if (event.type === 'run_final') count(this.#statuses, event.statuses[0] ?? 'unknown');
    }
  }

  #statistics(): WorkflowStatistics {
    return {
      ...this.#totals,
      statuses: Object.fromEntries([...this.#statuses].sort()),
      injections: Object.fromEntries([...this.#injections].sort()),
      tookMs: performance.now() - this.#startedAt,
    };
  }

  async #openStore(): Promise<StoreUnderChaos> {
    const { store, processes, elasticsearch = ONE_NODE } = this.#settings;
    const dataFolder = join(this.#folder, 'data');
    if (store === 'sqlite') return openSqliteFile(dataFolder);
    const [folder, recorder] = [this.#folder, this.#recorder];
    const settings = elasticsearch;
    return openElasticsearchCluster({ settings, workers: processes, folder, dataFolder, recorder });
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
