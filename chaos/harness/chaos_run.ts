import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaosSettings } from '../chaos_settings.ts';
import { checkHistory } from '../check/check_history.ts';
import type { Violation } from '../check/history_index.ts';
import { isExcusable, maxStallMs } from '../check/slow_machine.ts';
import type { HistoryEvent } from '../history/events.ts';
import { MemoryRecorder } from '../history/recorder.ts';
import { watchForStalls } from '../history/stall_watch.ts';
import { ProviderServer } from '../provider/provider_server.ts';
import { openElasticsearchCluster } from '../store/elasticsearch_cluster.ts';
import { openSqliteFile } from '../store/sqlite_file.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';
import { KeyPlan } from './key_plan.ts';
import { LeakSearch } from './leak_search.ts';
import { comeToRest, takeVerdicts } from './quiesce.ts';
import { CONNECTIONS, type RoundScript } from './round_script.ts';
import { connectAll, playScript, type Stage, setStage } from './run_round.ts';
import { Tally } from './tally.ts';
import { type Timings, timingsFor } from './timings.ts';
import { WorkerPool } from './worker_pool.ts';

/** After so many rounds everybody authorizes anew and the history starts over, so that it stays small. */
const ROUNDS_PER_CHAPTER = 20;
const ONE_NODE = { nodes: 1, urls: undefined };
/** Of a round that is over nobody asks again who called what when. */
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
  /** The store, logs and history, kept for a look unless a safeguard was switched off. */
  readonly folder: string;
}

/** What became of one round. */
interface RoundOutcome {
  readonly failure: ChaosFailure | undefined;
  /** Something did not hold, and the machine may be the reason; there is no failure then. */
  readonly isSpoiled: boolean;
}

/** Provider, store and workers of one run, and the history they write. */
export class ChaosRun {
  tally = new Tally();
  readonly #settings: ChaosSettings;
  readonly #folder: string;
  readonly #timings: Timings;
  readonly #recorder = new MemoryRecorder();
  readonly #provider: ProviderServer;
  readonly #endWatch: () => void;
  #store: StoreUnderChaos | undefined;
  #leaks: LeakSearch | undefined;
  #pool: WorkerPool | undefined;
  #stage: Stage | undefined;
  #names = 0;
  #roundsOfChapter = 0;
  /** What rules are decided on: details of this round only. */
  #open: HistoryEvent[] = [];
  /** Everything since the chapter began, for whoever looks into a failure. */
  #full: HistoryEvent[] = [];

  constructor(settings: ChaosSettings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
    this.#timings = timingsFor(settings);
    this.#provider = new ProviderServer(this.#recorder);
    this.#endWatch = watchForStalls(this.#recorder, 'harness');
  }

  get expendableNodes(): number {
    return this.#store?.expendableNodes ?? 0;
  }

  /** @throws EsError */
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
    this.#stage = {
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
    await setStage(this.#stage);
    // Starting processes on a busy machine is no part of what is measured, or bounded.
    this.tally = new Tally();
  }

  /** @param keep leaves the folder, with the documents of a store that is not in it */
  async stop(keep: boolean): Promise<void> {
    this.#endWatch();
    await this.#pool?.stop();
    await this.#store?.close(keep);
    await this.#provider.stop();
  }

  async playRound(round: number, script: RoundScript): Promise<RoundOutcome> {
    const stage = this.#stage;
    if (stage === undefined) throw new Error('The run was not started.');
    if (this.#roundsOfChapter % ROUNDS_PER_CHAPTER === 0) await this.#newChapter(stage);
    else await this.#reconnect(stage);
    this.#roundsOfChapter += 1;
    stage.recorder.record({ type: 'round', round, script });
    await playScript(stage, script);
    await comeToRest(stage);
    this.#collect();
    this.tally.played(script);
    const violations = await this.#decide(stage);
    if (violations.length === 0) {
      this.#open = this.#open.filter(({ type }) => !DETAILS.includes(type));
      return { failure: undefined, isSpoiled: false };
    }
    // Whatever comes next must not be judged by what happened here.
    this.#roundsOfChapter = 0;
    const isSlow = maxStallMs(this.#open, round) >= this.#timings.leaseTtlMs / 2;
    if (isSlow && isExcusable(violations)) return { failure: undefined, isSpoiled: true };
    return { failure: this.#fail(round, violations), isSpoiled: false };
  }

  async #decide(stage: Stage): Promise<readonly Violation[]> {
    // What is wrong already needs no verdicts; those of earlier rounds say nothing about this one.
    const early = checkHistory(this.#open.filter(({ type }) => type !== 'verdict'));
    if (early.length > 0) return early;
    await takeVerdicts(stage, () => this.#collect());
    for (const where of (await this.#leaks?.run()) ?? [])
      stage.recorder.record({ type: 'leak', where });
    this.#collect();
    return checkHistory(this.#open);
  }

  #fail(round: number, violations: readonly Violation[]): ChaosFailure {
    const lines = this.#full.map((event) => JSON.stringify(event)).join('\n');
    writeFileSync(join(this.#folder, 'history.jsonl'), `${lines}\n`);
    return { round, violations, history: this.#full, folder: this.#folder };
  }

  async #newChapter(stage: Stage): Promise<void> {
    this.#collect();
    this.#open = [];
    this.#full = [];
    this.#pool?.forgetFiles();
    this.#leaks?.forget();
    this.#provider.book.forgetEnded();
    await connectAll(stage, CONNECTIONS);
  }

  /** Those who lost their grant authorize again, so that every round starts from the same state. */
  async #reconnect(stage: Stage): Promise<void> {
    const verdicts = this.#open
      .filter((event) => event.type === 'verdict')
      .slice(-CONNECTIONS.length);
    const lost = verdicts.filter(({ probe }) => probe !== 'ok');
    await connectAll(stage, lost);
  }

  /** Moves what was recorded everywhere into the history; returns what is new. */
  #collect(): readonly HistoryEvent[] {
    const fresh = [...this.#recorder.take(), ...(this.#pool?.takeEvents() ?? [])];
    this.tally.saw(fresh);
    this.#open.push(...fresh);
    this.#full.push(...fresh);
    return fresh;
  }

  /** One door for all; or one for each whole server, which cannot say who it is. */
  async #openProvider(processes: number, wholeServer: boolean): Promise<readonly string[]> {
    if (!wholeServer) {
      const origin = await this.#provider.open();
      return Array.from({ length: processes }, () => origin);
    }
    const doors = Array.from({ length: processes }, (_, index) =>
      this.#provider.open(() => this.#pool?.nameOf(index) ?? ''),
    );
    return Promise.all(doors);
  }

  async #openStore(): Promise<StoreUnderChaos> {
    const { store, processes, wholeServer = false, elasticsearch = ONE_NODE } = this.#settings;
    if (store === 'sqlite') return openSqliteFile(this.#folder, { wholeServer });
    return openElasticsearchCluster({
      settings: elasticsearch,
      workers: processes,
      folder: this.#folder,
      recorder: this.#recorder,
    });
  }
}
