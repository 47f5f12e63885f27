import type { HistoryEvent } from '../history/events.ts';
import type { RoundScript } from '../plan/round_script.ts';
import { CONNECTIONS } from '../plan/round_script.ts';

/** Totals of a run. */
export interface RunStatistics {
  readonly rounds: number;
  /**
   * Number of connections whose token expired while callers in at least two processes requested it,
   * summed over the rounds.
   */
  readonly bursts: number;
  readonly calls: number;
  /** Number of refresh tokens presented at the token endpoint. */
  readonly tokenRequests: number;
  /** Number of token requests that returned new tokens. */
  readonly refreshes: number;
  readonly responses: Readonly<Record<string, number>>;
  readonly injections: Readonly<Record<string, number>>;
  readonly tookMs: number;
}

/** Counts events while a run continues. */
export class StatisticsCollector {
  #rounds = 0;
  #bursts = 0;
  #calls = 0;
  #tokenRequests = 0;
  #refreshes = 0;
  readonly #responses = new Map<string, number>();
  readonly #injections = new Map<string, number>();
  readonly #startedAt = performance.now();

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  addRound(script: RoundScript): void {
    this.#rounds += 1;
    this.#bursts += burstsOf(script);
    for (const { type } of script.injections) count(this.#injections, type);
  }

  addEvents(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      if (event.type === 'presented') this.#tokenRequests += 1;
      if (event.type === 'acted' && event.result === 'rotated') this.#refreshes += 1;
      if (event.type !== 'call_end') continue;
      this.#calls += 1;
      count(this.#responses, event.response);
    }
  }

  statistics(): RunStatistics {
    return {
      rounds: this.#rounds,
      bursts: this.#bursts,
      calls: this.#calls,
      tokenRequests: this.#tokenRequests,
      refreshes: this.#refreshes,
      responses: Object.fromEntries([...this.#responses].sort()),
      injections: Object.fromEntries([...this.#injections].sort()),
      tookMs: this.elapsedMs,
    };
  }
}

function burstsOf({ expiry, targets, calls }: RoundScript): number {
  return CONNECTIONS.filter(({ user, connector }) => {
    const isOne = (other: (typeof targets)[number]): boolean =>
      other.user === user && other.connector === connector;
    const hasEnded = expiry === 'time' || targets.some(isOne);
    return hasEnded && new Set(calls.filter(isOne).map(({ worker }) => worker)).size >= 2;
  }).length;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
