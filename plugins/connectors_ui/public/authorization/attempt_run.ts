import type { Clock } from '@latchkey/core/public';
import {
  type AttemptEvent,
  type AttemptState,
  IDLE,
  isFinal,
  isPending,
  type Outcome,
  reduceAttempt,
} from './attempt.ts';
import type { AttemptRecord, AttemptRecords } from './attempt_record.ts';
import type { BrowserWindows, ProviderWindow } from './browser_window.ts';
import { type FlowApi, reasonOf } from './flow_api.ts';

/** Milliseconds between two checks of the window and the deadline. */
const TICK_MS = 500;
/**
 * Milliseconds for which the window must seem closed before the page shows that it cannot see it.
 */
const WINDOW_LOST_MS = 3000;
/** Milliseconds between two status requests in the first minute, if the page is visible. */
const FAST_POLL_MS = 1500;
const FAST_POLL_FOR_MS = 60_000;
const SLOW_POLL_MS = 5000;
/**
 * Milliseconds for which the server may still report the outcome after this page has noticed that
 * the deadline passed. They do not count from the deadline, because the computer may have slept.
 */
const GRACE_MS = 30_000;
/** Milliseconds after which a status request without a response no longer prevents the next one. */
const QUESTION_LOST_MS = 15_000;
/** Pauses between attempts to cancel on the server, in milliseconds. */
const CANCEL_RETRIES_MS = [2000, 5000, 15_000, 60_000];

/** Parts of the browser and the server that attempts need. */
export interface AttemptPorts {
  readonly api: FlowApi;
  readonly windows: BrowserWindows;
  readonly records: AttemptRecords;
  readonly clock: Clock;
  /** `false`: the page is in the background. */
  readonly isVisible: () => boolean;
}

/** Options of an authorization: popup or redirect, and the address to return to. */
export interface AuthorizeOptions {
  /** `redirect`: this window itself goes to the provider. The page is loaded again afterwards. */
  readonly mode: 'popup' | 'redirect';
  /** Path on this server to return to. Only for `redirect`. Default: this page. */
  readonly returnUrl?: string | undefined;
  /** Time limit in milliseconds, if it is shorter than the server's. */
  readonly timeoutMs?: number | undefined;
  /** Text that the window shows until the page of the provider is loaded. */
  readonly windowText: string;
  /**
   * Window that an earlier click has opened; `window` is `undefined` if the browser refused. Only
   * for `popup`. Default: this call opens a window, so it must be inside a click.
   */
  readonly opened?: { readonly window: ProviderWindow | undefined } | undefined;
}

/** Called by {@link AttemptRun}. */
export interface AttemptRunListeners {
  readonly onChange: (state: AttemptState, previous: AttemptState) => void;
  /**
   * Called when the server has ended an attempt that this page had ended before. Only then does the
   * status of the connector change.
   */
  readonly onConfirmed: () => void;
}

/**
 * Executes the attempts of one connector, at most one at a time: windows, requests, timers and
 * records.
 */
export class AttemptRun {
  readonly #connectorId: string;
  readonly #ports: AttemptPorts;
  readonly #listeners: AttemptRunListeners;
  #state: AttemptState = IDLE;
  /** Id of the pending attempt. `undefined`: there is none. */
  #flowId: string | undefined;
  #window: ProviderWindow | undefined;
  /** Instant in milliseconds since which the window seems closed. */
  #closedSince: number | undefined;
  #startedAt = 0;
  #timeoutAt: number | undefined;
  /** Instant in milliseconds at which this page noticed that the deadline had passed. */
  #overdueSince: number | undefined;
  /** Id of the ended attempt that the state shows. `undefined`: the server has not sent the id. */
  #endedFlowId: string | undefined;
  /** Id of an attempt that this page has ended and that may not have ended on the server. */
  #unconfirmed: string | undefined;
  /** Number of starts. It identifies the start to which a response belongs. */
  #starts = 0;
  #askedAt = 0;
  /** The status request in progress. `undefined`: there is none. */
  #question: object | undefined;
  /**
   * `true`: a hint arrived during a status request. The response may be older than the hint, so
   * another request follows.
   */
  #asksAgain = false;
  #stopTicking: () => void = () => undefined;

  constructor(connectorId: string, ports: AttemptPorts, listeners: AttemptRunListeners) {
    this.#connectorId = connectorId;
    this.#ports = ports;
    this.#listeners = listeners;
  }

  get state(): AttemptState {
    return this.#state;
  }

  /** Starts an attempt. Must be called inside a click, so that the browser allows the window. */
  authorize(options: AuthorizeOptions): void {
    if (this.#state.status === 'starting') return;
    if (isPending(this.#state)) {
      // A second click must not lose the attempt of the first click.
      if (this.#state.status === 'waiting' && this.#state.windowSeen) {
        this.#window?.focus();
        return;
      }
      this.cancel();
    } else if (this.#joinOtherTab()) {
      return;
    }
    const { mode, opened, windowText } = options;
    const open = () => (opened ? opened.window : this.#ports.windows.open(windowText));
    this.#window = mode === 'popup' ? open() : undefined;
    this.#unconfirmed = undefined;
    this.#endedFlowId = undefined;
    this.#dispatch({ type: 'start' });
    void this.#start(options, this.#window);
  }

  /** Records that the user opened the link of a blocked attempt. */
  followLink(): void {
    this.#dispatch({ type: 'link_followed' });
  }

  /** Ends the attempt here and on the server. */
  cancel(): void {
    const flowId = this.#flowId;
    this.#window?.close();
    this.#dispatch({ type: 'cancel' });
    if (flowId !== undefined) void this.#cancelOnServer(flowId);
  }

  /** Removes the result of an attempt. */
  dismiss(): void {
    this.#dispatch({ type: 'dismiss' });
  }

  /** Continues an attempt of an earlier page load or of another tab. */
  resume({ flowId, ...since }: AttemptRecord): void {
    if (this.#state.status === 'starting' || isPending(this.#state)) return;
    this.#begin(flowId, undefined);
    this.#dispatch({ type: 'resumed', ...since });
    this.ask();
  }

  /** Reads the attempt that another tab started, replaced or ended. */
  followOtherTab(): void {
    if (isPending(this.#state)) this.ask();
    else this.#joinOtherTab();
  }

  /** Requests the outcome from the server, because it may have changed. */
  ask(): void {
    void this.#ask();
  }

  /**
   * Ends an attempt whose window returned without an OAuth state that the server knows: the
   * provider lost the state, so the attempt cannot succeed. First requests the outcome from the
   * server, because the attempt may have ended there.
   */
  endUnknown(flowId: string, reason: string): void {
    void this.#endPending(flowId, () =>
      this.#dispatch({ type: 'outcome', outcome: { status: 'failed', reason } }),
    );
  }

  #joinOtherTab(): boolean {
    const record = this.#ports.records.read(this.#connectorId);
    if (record === undefined || record.expiresAt <= this.#ports.clock.now()) return false;
    this.resume(record);
    return true;
  }

  async #start(options: AuthorizeOptions, window: ProviderWindow | undefined): Promise<void> {
    const { api, windows, records } = this.#ports;
    const isRedirect = options.mode === 'redirect';
    this.#starts += 1;
    const start = this.#starts;
    const isLatest = () => this.#starts === start && this.#state.status === 'starting';
    try {
      const returnUrl = isRedirect ? (options.returnUrl ?? windows.currentPath()) : undefined;
      const { flowId, url, expiresAt } = await api.start(this.#connectorId, returnUrl);
      if (!isLatest()) {
        window?.close();
        // The attempt was cancelled before this response arrived.
        if (this.#starts === start && this.#flowId === undefined) this.#endedFlowId = flowId;
        return void this.#cancelOnServer(flowId);
      }
      const kind = isRedirect ? { isRedirect } : {};
      records.write({ flowId, connectorId: this.#connectorId, expiresAt, ...kind });
      this.#begin(flowId, window);
      if (options.timeoutMs !== undefined) this.#timeoutAt = this.#startedAt + options.timeoutMs;
      if (isRedirect || window !== undefined)
        this.#dispatch({ type: 'started', expiresAt, ...kind });
      else this.#dispatch({ type: 'window_blocked', url, expiresAt });
      const attempt = { connectorId: this.#connectorId, flowId };
      if (isRedirect) windows.leaveTo(url, attempt);
      else window?.goTo(url, attempt);
    } catch (error) {
      window?.close();
      if (isLatest()) this.#dispatch({ type: 'start_failed', reason: reasonOf(error) });
    }
  }

  #begin(flowId: string, window: ProviderWindow | undefined): void {
    const now = this.#ports.clock.now();
    this.#flowId = flowId;
    this.#window = window;
    this.#closedSince = undefined;
    this.#timeoutAt = undefined;
    this.#overdueSince = undefined;
    this.#unconfirmed = undefined;
    this.#question = undefined;
    this.#startedAt = now;
    this.#askedAt = now;
  }

  async #ask(): Promise<void> {
    const flowId = this.#flowId ?? this.#unconfirmed;
    if (flowId === undefined) return;
    const { api, clock } = this.#ports;
    if (this.#question !== undefined && !isOver(QUESTION_LOST_MS, this.#askedAt, clock.now())) {
      this.#asksAgain = true;
      return;
    }
    const question = {};
    this.#question = question;
    this.#asksAgain = false;
    this.#askedAt = clock.now();
    try {
      this.#receive(flowId, await api.outcome(this.#connectorId, flowId));
    } catch {
      // The server may be restarting. The next hint or timer causes another request.
    } finally {
      if (this.#question === question) {
        this.#question = undefined;
        if (this.#asksAgain) this.ask();
      }
    }
  }

  #receive(flowId: string, outcome: Outcome): void {
    if (this.#flowId === flowId) {
      this.#dispatch({ type: 'outcome', outcome });
      // Another tab has ended the attempt, and may have started another one.
      if (outcome.status === 'cancelled') this.#joinOtherTab();
    } else if (this.#unconfirmed === flowId) {
      this.#unconfirmed = undefined;
      if (outcome.status === 'pending') void this.#cancelOnServer(flowId);
      else this.#confirmEnd(flowId, outcome);
    }
  }

  /**
   * Handles the server's outcome of an attempt that this page has ended. If another attempt has
   * ended since, only a success matters, because it connected the user.
   */
  #confirmEnd(flowId: string, outcome: Outcome): void {
    const counts = this.#endedFlowId === flowId || outcome.status === 'succeeded';
    if (this.#flowId === undefined && counts) this.#dispatch({ type: 'outcome', outcome });
    this.#listeners.onConfirmed();
  }

  async #cancelOnServer(flowId: string): Promise<void> {
    const { api, clock } = this.#ports;
    for (const pauseMs of [0, ...CANCEL_RETRIES_MS]) {
      if (pauseMs > 0) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
      try {
        await api.cancel(this.#connectorId, flowId);
        const outcome = await api.outcome(this.#connectorId, flowId);
        // The cancellation came too late: the user has returned from the provider, and the server
        // is requesting the token.
        if (outcome.status === 'pending') continue;
        this.#confirmEnd(flowId, outcome);
        return;
      } catch {
        // Cancelled again later: otherwise, if the user agreed at the provider later, it would
        // connect a user who has cancelled.
      }
    }
    if (this.#flowId === undefined) this.#unconfirmed = flowId;
  }

  #tick(): void {
    const state = this.#state;
    if (!isPending(state)) return;
    const now = this.#ports.clock.now();
    this.#watchWindow(now);
    this.#overdueSince = now < state.expiresAt ? undefined : (this.#overdueSince ?? now);
    if (this.#timeoutAt !== undefined && now >= this.#timeoutAt) void this.#timeOut();
    else if (this.#overdueSince !== undefined && isOver(GRACE_MS, this.#overdueSince, now))
      this.#dispatch({ type: 'deadline_passed' });
    else if (isOver(this.#pollPause(now), this.#askedAt, now)) this.ask();
    this.#scheduleTick();
  }

  #scheduleTick(): void {
    this.#stopTicking();
    if (isPending(this.#state))
      this.#stopTicking = this.#ports.clock.after(TICK_MS, () => this.#tick());
  }

  #pollPause(now: number): number {
    const isEarly = !isOver(FAST_POLL_FOR_MS, this.#startedAt, now);
    return isEarly && this.#ports.isVisible() ? FAST_POLL_MS : SLOW_POLL_MS;
  }

  #watchWindow(now: number): void {
    if (this.#window === undefined || !this.#window.isClosed()) {
      this.#closedSince = undefined;
      return;
    }
    if (this.#closedSince === undefined) {
      this.#closedSince = now;
      this.ask();
    } else if (now - this.#closedSince >= WINDOW_LOST_MS) {
      this.#dispatch({ type: 'window_lost' });
    }
  }

  /**
   * Called when the limit of the caller has passed. The server is asked for the outcome once more,
   * and then the attempt ends.
   */
  async #timeOut(): Promise<void> {
    const flowId = this.#flowId;
    this.#timeoutAt = undefined;
    if (flowId === undefined) return;
    await this.#endPending(flowId, () => {
      this.#window?.close();
      this.#dispatch({ type: 'deadline_passed' });
    });
  }

  /** Ends an attempt in this page and on the server, unless the server reports an outcome. */
  async #endPending(flowId: string, end: () => void): Promise<void> {
    if (this.#flowId !== flowId) return;
    await this.#ask();
    if (this.#flowId !== flowId) return;
    end();
    void this.#cancelOnServer(flowId);
  }

  #dispatch(event: AttemptEvent): void {
    const previous = this.#state;
    const next = reduceAttempt(previous, event);
    if (next === previous) return;
    this.#state = next;
    if (isFinal(next) && this.#flowId !== undefined) {
      if (event.type === 'deadline_passed') this.#unconfirmed = this.#flowId;
      this.#ports.records.remove(this.#connectorId, this.#flowId);
      this.#endedFlowId = this.#flowId;
      this.#flowId = undefined;
      this.#window = undefined;
    }
    this.#scheduleTick();
    this.#listeners.onChange(next, previous);
  }
}

/**
 * Returns `true` if `ms` milliseconds have passed since an instant. Also `true` if the clock was
 * set back to before the instant.
 */
function isOver(ms: number, since: number, now: number): boolean {
  return now < since || now >= since + ms;
}
