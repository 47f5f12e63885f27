import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkHistory } from '../check/check_history.ts';
import type { Violation } from '../check/history_index.ts';
import { isExcusable, maxStallMs } from '../check/slow_machine.ts';
import type { HistoryEvent } from '../history/events.ts';
import { MemoryRecorder } from '../history/recorder.ts';
import { watchForStalls } from '../history/stall_watch.ts';
import type { ChaosSettings } from '../plan/chaos_settings.ts';
import { CONNECTIONS, type RoundScript } from '../plan/round_script.ts';
import { type Timings, timingsFor } from '../plan/timings.ts';
import { ProviderServer } from '../provider/provider_server.ts';
import { openElasticsearchCluster } from '../store/elasticsearch_cluster.ts';
import { openSqliteFile } from '../store/sqlite_file.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import { KeyPlan } from './key_plan.ts';
import { LeakSearch } from './leak_search.ts';
import { quiesce, recordFinalStates } from './quiesce.ts';
import { type ChaosEnvironment, connectAll, createConnectors, playScript } from './run_round.ts';
import { StatisticsCollector } from './run_statistics.ts';
import { WorkerPool } from './worker_pool.ts';

/**
 * Number of rounds after which all users authorize again and a new history starts, so that the
 * history stays small.
 */
const ROUNDS_PER_HISTORY = 20;
/** Folder of the store and of whole servers, inside the folder of the run. */
const DATA_FOLDER = 'data';
const ONE_NODE = { nodes: 1, urls: undefined };
/** Types of events that are dropped after their round, because no later check needs them. */
const DETAILS: readonly HistoryEvent['type'][] = [
  'call_start',
  'call_end',
  'api_request',
  'reached',
];

/** The first round in which an invariant did not hold. */
export interface ChaosFailure {
  readonly round: number;
  readonly violations: readonly Violation[];
  readonly history: readonly HistoryEvent[];
  /**
   * Folder with the store, logs and history. It is kept for inspection unless a safeguard was
   * disabled.
   */
  readonly folder: string;
}

/** Violations of one round, or the fact that it could not be judged. */
interface RoundOutcome {
  readonly failure: ChaosFailure | undefined;
  /**
   * `true`: an invariant did not hold, but the machine may be the reason. Then `failure` is
   * `undefined`.
   */
  readonly isInconclusive: boolean;
}

/** Provider, store and workers of one run, and the history that they write. */
export class ChaosRun {
  statistics = new StatisticsCollector();
  readonly #settings: ChaosSettings;
  readonly #folder: string;
  readonly #timings: Timings;
  readonly #recorder = new MemoryRecorder();
  readonly #provider: ProviderServer;
  readonly #stopWatch: () => void;
  #store: StoreUnderChaos | undefined;
  #leaks: LeakSearch | undefined;
  #pool: WorkerPool | undefined;
  #environment: ChaosEnvironment | undefined;
  #names = 0;
  #roundsOfHistory = 0;
  /** Events that the rules check. Details are only those of the current round. */
  #open: HistoryEvent[] = [];
  /** All events of this history, for the report of a failure. */
  #full: HistoryEvent[] = [];

  constructor(settings: ChaosSettings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
    this.#timings = timingsFor(settings);
    this.#provider = new ProviderServer(this.#recorder);
    this.#stopWatch = watchForStalls(this.#recorder, 'harness');
  }

  get expendableNodes(): number {
    return this.#store?.expendableNodes ?? 0;
  }

  /**
   * Starts the store, the provider and the workers.
   * @throws EsError when Elasticsearch does not start
   */
  async start(): Promise<void> {
    const { mutation, processes, wholeServer = false } = this.#settings;
    const origins = await this.#openProvider(processes, wholeServer);
    const [recorder, folder] = [this.#recorder, this.#folder];
    const store = await this.#openStore();
    this.#store = store;
    this.#leaks = new LeakSearch(folder, store);
    const keys = new KeyPlan(recorder);
    this.#pool = new WorkerPool(
      { folder, origins, wholeServer, store, keys, timings: this.#timings, mutation, recorder },
      processes,
    );
    this.#environment = {
      provider: this.#provider,
      pool: this.#pool,
      store,
      keys,
      timings: this.#timings,
      recorder,
      broken: new Set(),
      nextName: (prefix) => {
        this.#names += 1;
        return `${prefix}-${this.#names}`;
      },
    };
    await createConnectors(this.#environment);
    // Statistics begin here: the start of processes on a busy machine is neither measured nor
    // limited.
    this.statistics = new StatisticsCollector();
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

  async playRound(round: number, script: RoundScript): Promise<RoundOutcome> {
    const environment = this.#environment;
    if (environment === undefined) throw new Error('The run was not started.');
    if (this.#roundsOfHistory % ROUNDS_PER_HISTORY === 0) await this.#startHistory(environment);
    else await this.#reconnect(environment);
    this.#roundsOfHistory += 1;
    environment.recorder.record({ type: 'round', round, script });
    await playScript(environment, script);
    await quiesce(environment);
    this.#collect();
    this.statistics.addRound(script);
    const violations = await this.#check(environment);
    if (violations.length === 0) {
      this.#open = this.#open.filter(({ type }) => !DETAILS.includes(type));
      return { failure: undefined, isInconclusive: false };
    }
    // After a failure, a new history starts, so that the next round is not judged by events of this
    // one.
    this.#roundsOfHistory = 0;
    const isSlow = maxStallMs(this.#open, round) >= this.#timings.leaseTtlMs / 2;
    if (isSlow && isExcusable(violations)) return { failure: undefined, isInconclusive: true };
    return { failure: this.#fail(round, violations), isInconclusive: false };
  }

  async #check(environment: ChaosEnvironment): Promise<readonly Violation[]> {
    // A violation that is already visible needs no final states, and those of earlier rounds are
    // irrelevant.
    const early = checkHistory(this.#open.filter(({ type }) => type !== 'final_state'));
    if (early.length > 0) return early;
    await recordFinalStates(environment, () => this.#collect());
    for (const where of (await this.#leaks?.run()) ?? [])
      environment.recorder.record({ type: 'leak', where });
    this.#collect();
    return checkHistory(this.#open);
  }

  #fail(round: number, violations: readonly Violation[]): ChaosFailure {
    const lines = this.#full.map((event) => JSON.stringify(event)).join('\n');
    writeFileSync(join(this.#folder, 'history.jsonl'), `${lines}\n`);
    return { round, violations, history: this.#full, folder: this.#folder };
  }

  async #startHistory(environment: ChaosEnvironment): Promise<void> {
    this.#collect();
    this.#open = [];
    this.#full = [];
    this.#pool?.emptyFiles();
    this.#leaks?.reset();
    this.#provider.removeEnded();
    await connectAll(environment, CONNECTIONS);
  }

  /** Lets users without a grant authorize again, so that every round starts from the same state. */
  async #reconnect(environment: ChaosEnvironment): Promise<void> {
    const finalStates = this.#open
      .filter((event) => event.type === 'final_state')
      .slice(-CONNECTIONS.length);
    const lost = finalStates.filter(({ probe }) => probe !== 'ok');
    await connectAll(environment, lost);
  }

  /** Moves the events of all recorders into the history and returns the new ones. */
  #collect(): readonly HistoryEvent[] {
    const fresh = [...this.#recorder.take(), ...(this.#pool?.takeEvents() ?? [])];
    this.statistics.addEvents(fresh);
    this.#open.push(...fresh);
    this.#full.push(...fresh);
    return fresh;
  }

  /**
   * Opens one port for all workers, or one for each whole server, because requests of a server do
   * not contain its name.
   */
  async #openProvider(processes: number, wholeServer: boolean): Promise<readonly string[]> {
    if (!wholeServer) {
      const origin = await this.#provider.open();
      return Array.from({ length: processes }, () => origin);
    }
    const proxies = Array.from({ length: processes }, (_, index) =>
      this.#provider.open(() => this.#pool?.nameOf(index) ?? ''),
    );
    return Promise.all(proxies);
  }

  async #openStore(): Promise<StoreUnderChaos> {
    const { store, processes, elasticsearch = ONE_NODE } = this.#settings;
    const dataFolder = join(this.#folder, DATA_FOLDER);
    if (store === 'sqlite') return openSqliteFile(dataFolder);
    return openElasticsearchCluster({
      settings: elasticsearch,
      workers: processes,
      folder: this.#folder,
      dataFolder,
      recorder: this.#recorder,
    });
  }
}
