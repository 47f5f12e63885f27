import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosSettings } from '../chaos_settings.ts';
import { checkHistory } from '../check/check_history.ts';
import type { Violation } from '../check/chronicle.ts';
import type { HistoryEvent } from '../history/events.ts';
import { MemoryRecorder } from '../history/recorder.ts';
import { ProviderServer } from '../provider/provider_server.ts';
import { comeToRest, takeVerdicts } from './quiesce.ts';
import { CONNECTIONS, writeScript } from './round_script.ts';
import { connectAll, playScript, type Stage, setStage } from './run_round.ts';
import { WorkerPool } from './worker_pool.ts';

/** After so many rounds everybody authorizes anew and the history starts over, so that it stays small. */
const ROUNDS_PER_CHAPTER = 20;

/** What a run came to. */
export interface ChaosResult {
  readonly rounds: number;
  readonly calls: number;
  readonly refreshes: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly injections: Readonly<Record<string, number>>;
  readonly tookMs: number;
  /** `undefined`: none was found. */
  readonly failure: ChaosFailure | undefined;
}

/** The first round in which an invariant did not hold. */
export interface ChaosFailure {
  readonly round: number;
  readonly violations: readonly Violation[];
  readonly history: readonly HistoryEvent[];
  /** The store, logs and history, kept for a look unless a safeguard was switched off. */
  readonly folder: string;
}

/** Plays rounds until all are done, the time is over, or an invariant does not hold. */
export async function runChaos(
  settings: ChaosSettings,
  report: { onRound?(round: number): void } = {},
): Promise<ChaosResult> {
  if (settings.store !== 'sqlite')
    throw new Error(`The store [${settings.store}] is not available to the harness yet.`);
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-chaos-'));
  const run = new ChaosRun(settings, folder);
  try {
    await run.start();
    return await run.play(report);
  } finally {
    await run.stop();
    // What was found on purpose needs no looking into.
    if (!run.hasFailed || settings.mutation !== undefined)
      rmSync(folder, { recursive: true, force: true });
  }
}

class ChaosRun {
  readonly #settings: ChaosSettings;
  readonly #folder: string;
  readonly #recorder = new MemoryRecorder();
  readonly #provider: ProviderServer;
  #pool: WorkerPool | undefined;
  #stage: Stage | undefined;
  #names = 0;
  #history: HistoryEvent[] = [];
  hasFailed = false;
  readonly #counts = { calls: 0, refreshes: 0 };
  readonly #answers = new Map<string, number>();
  readonly #injections = new Map<string, number>();

  constructor(settings: ChaosSettings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
    this.#provider = new ProviderServer(this.#recorder);
  }

  async start(): Promise<void> {
    const origin = await this.#provider.start();
    const { mutation, processes } = this.#settings;
    const recorder = this.#recorder;
    this.#pool = new WorkerPool({ folder: this.#folder, origin, mutation, recorder }, processes);
    this.#stage = {
      provider: this.#provider,
      pool: this.#pool,
      recorder,
      broken: new Set(),
      nextName: (prefix) => {
        this.#names += 1;
        return `${prefix}-${this.#names}`;
      },
    };
    await setStage(this.#stage);
  }

  async play(report: { onRound?(round: number): void }): Promise<ChaosResult> {
    const { fromRound, rounds, stopAfterMs } = this.#settings;
    const startedAt = performance.now();
    let played = 0;
    let failure: ChaosFailure | undefined;
    for (let round = fromRound; round < fromRound + rounds && failure === undefined; round += 1) {
      if (stopAfterMs !== undefined && performance.now() - startedAt > stopAfterMs) break;
      failure = await this.#playRound(round);
      played += 1;
      report.onRound?.(round);
    }
    return {
      rounds: played,
      ...this.#counts,
      answers: Object.fromEntries([...this.#answers].sort()),
      injections: Object.fromEntries([...this.#injections].sort()),
      tookMs: performance.now() - startedAt,
      failure,
    };
  }

  async stop(): Promise<void> {
    await this.#pool?.stop();
    await this.#provider.stop();
  }

  async #playRound(round: number): Promise<ChaosFailure | undefined> {
    const stage = this.#stage;
    if (stage === undefined) throw new Error('The run was not started.');
    const { scripts } = this.#settings;
    const script = scripts?.[round - 1] ?? writeScript({ ...this.#settings, round });
    if ((round - this.#settings.fromRound) % ROUNDS_PER_CHAPTER === 0)
      await this.#newChapter(stage);
    else await this.#reconnect(stage);
    stage.recorder.record({ type: 'round', round, script });
    await playScript(stage, script);
    await comeToRest(stage);
    this.#collect();
    this.#count(script);
    // What is wrong already needs no verdicts; those of earlier rounds say nothing about this one.
    const early = this.#history.filter(({ type }) => type !== 'verdict');
    let violations = checkHistory(early, this.#folder);
    if (violations.length === 0) {
      await takeVerdicts(stage, () => this.#collect());
      this.#collect();
      violations = checkHistory(this.#history, this.#folder);
    }
    if (violations.length === 0) return undefined;
    this.hasFailed = true;
    const lines = this.#history.map((event) => JSON.stringify(event)).join('\n');
    writeFileSync(join(this.#folder, 'history.jsonl'), `${lines}\n`);
    return { round, violations, history: this.#history, folder: this.#folder };
  }

  async #newChapter(stage: Stage): Promise<void> {
    this.#collect();
    this.#history = [];
    this.#provider.book.forgetEnded();
    await connectAll(stage, CONNECTIONS);
  }

  /** Those who lost their grant authorize again, so that every round starts from the same state. */
  async #reconnect(stage: Stage): Promise<void> {
    const verdicts = this.#history
      .filter((event) => event.type === 'verdict')
      .slice(-CONNECTIONS.length);
    const lost = verdicts.filter(({ probe }) => probe !== 'ok');
    await connectAll(stage, lost);
  }

  /** Moves what was recorded everywhere into the history; returns what is new. */
  #collect(): readonly HistoryEvent[] {
    const fresh = [...this.#recorder.take(), ...(this.#pool?.takeEvents() ?? [])];
    for (const event of fresh) {
      if (event.type === 'call_end') {
        this.#counts.calls += 1;
        this.#answers.set(event.answer, (this.#answers.get(event.answer) ?? 0) + 1);
      }
      if (event.type === 'acted' && event.result === 'rotated') this.#counts.refreshes += 1;
    }
    this.#history.push(...fresh);
    return fresh;
  }

  #count(script: ReturnType<typeof writeScript>): void {
    for (const { type } of script.injections)
      this.#injections.set(type, (this.#injections.get(type) ?? 0) + 1);
  }
}
