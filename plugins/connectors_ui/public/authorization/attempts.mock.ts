import type { Clock } from '@latchkey/core/public';
import type { Outcome } from './attempt.ts';
import { AttemptRecords, type RecordStorage } from './attempt_record.ts';
import type { AttemptPorts } from './attempt_run.ts';
import { Attempts } from './attempts.ts';
import type { ProviderWindow, WindowAttempt } from './browser_window.ts';
import type { FlowApi } from './flow_api.ts';

/** Lifetime of an attempt in milliseconds: ten minutes, as on the server. */
const LIFETIME_MS = 600_000;

/** A clock that changes only when a test moves it. */
export class ManualClock implements Clock {
  #now = Date.parse('2030-01-01T00:00:00Z');
  readonly #timers = new Set<{ at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /**
   * Changes the clock without running timers, as when the clock is corrected or the computer has
   * slept.
   */
  jump(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) timer.at += ms;
  }

  /** Advances the time, and runs timers that are due and the promises between them. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = [...this.#timers].sort((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets all promises that are ready continue. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A fake window of the browser, which records what is done to it. */
export class FakeWindow implements ProviderWindow {
  url = 'about:blank';
  isOpen = true;
  /** `true`: the window seems closed although it is open. */
  isSevered = false;
  focused = 0;
  attempt: WindowAttempt | undefined;

  goTo(url: string, attempt: WindowAttempt): void {
    this.url = url;
    this.attempt = attempt;
  }

  focus(): void {
    this.focused += 1;
  }

  close(): void {
    this.isOpen = false;
  }

  isClosed(): boolean {
    return !this.isOpen || this.isSevered;
  }
}

/** Fake of the server's requests. The test determines the outcome of each flow. */
export class FakeFlows implements FlowApi {
  readonly outcomes = new Map<string, Outcome>();
  readonly started: { readonly connectorId: string; readonly returnUrl: string | undefined }[] = [];
  readonly cancelled: string[] = [];
  /** Number of status requests so far. */
  asked = 0;
  /** Error that every request throws. `undefined`: the server responds. */
  failure: Error | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async start(connectorId: string, returnUrl: string | undefined) {
    if (this.failure !== undefined) throw this.failure;
    this.started.push({ connectorId, returnUrl });
    const flowId = `flow-${this.started.length}`;
    const expiresAt = this.#clock.now() + LIFETIME_MS;
    this.outcomes.set(flowId, { status: 'pending', expiresAt });
    return { flowId, url: `https://provider.example/${flowId}`, expiresAt };
  }

  async outcome(_connectorId: string, flowId: string): Promise<Outcome> {
    this.asked += 1;
    if (this.failure !== undefined) throw this.failure;
    return this.outcomes.get(flowId) ?? { status: 'unknown' };
  }

  async cancel(_connectorId: string, flowId: string): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.cancelled.push(flowId);
    if (this.outcomes.get(flowId)?.status === 'pending')
      this.outcomes.set(flowId, { status: 'cancelled' });
  }
}

/** Storage in memory, shared by the tabs of a test. */
export class MemoryStorage implements RecordStorage {
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }
}

/** One tab of a browser with its attempts. */
export interface Tab {
  readonly attempts: Attempts;
  /** Windows that this tab has opened. */
  readonly windows: FakeWindow[];
  /** Texts that windows have shown before the page of the provider. */
  readonly texts: string[];
  /** URLs to which the tab was sent instead of opening a window. */
  readonly leftTo: string[];
  readonly settings: { blocksWindows: boolean; isVisible: boolean };
}

/** Creates a browser with tabs, a server and a clock. */
export function browserFixture() {
  const clock = new ManualClock();
  const flows = new FakeFlows(clock);
  const storage = new MemoryStorage();
  const openTab = (): Tab => {
    const windows: FakeWindow[] = [];
    const texts: string[] = [];
    const leftTo: string[] = [];
    const settings = { blocksWindows: false, isVisible: true };
    const ports: AttemptPorts = {
      api: flows,
      clock,
      records: new AttemptRecords(storage, '/s/default/ana'),
      isVisible: () => settings.isVisible,
      windows: {
        open(text) {
          if (settings.blocksWindows) return undefined;
          texts.push(text);
          const opened = new FakeWindow();
          windows.push(opened);
          return opened;
        },
        leaveTo: (url) => leftTo.push(url),
        currentPath: () => '/app/my_connections?connector=drive#top',
      },
    };
    return { attempts: new Attempts(ports), windows, texts, leftTo, settings };
  };
  return { clock, flows, storage, openTab };
}
