import { type AttemptState, type FinalState, IDLE, isFinal } from './attempt.ts';
import { type AttemptPorts, AttemptRun, type AuthorizeOptions } from './attempt_run.ts';
import type { ProviderWindow, WindowAttempt } from './browser_window.ts';

/** Milliseconds for which the server keeps an outcome. Older records cannot be used. */
const KEPT_AFTER_END_MS = 60 * 60_000;

/** Called after each change of an attempt. */
type ChangeListener = (connectorId: string, state: AttemptState, previous: AttemptState) => void;

/** Called when an attempt has reached a final state. */
export type EndListener = (connectorId: string, state: FinalState) => void;

/**
 * All attempts of this tab. The object outlives pages and components, which subscribe to it. It
 * also shows attempts of other tabs and of earlier page loads.
 */
export class Attempts {
  readonly #ports: AttemptPorts;
  readonly #runs = new Map<string, AttemptRun>();
  readonly #listeners = new Set<() => void>();
  /** Number of views that show a connector, by connector. */
  readonly #shown = new Map<string, number>();
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #confirmedListeners = new Set<() => void>();

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
  }

  /** Adds a listener that is called after every change. Returns a function that removes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Adds a listener that is called when an attempt ends. Returns a function that removes it. */
  onEnd(listener: EndListener): () => void {
    return this.onChange((connectorId, state) => {
      if (isFinal(state)) listener(connectorId, state);
    });
  }

  /**
   * Adds a listener that is called after every change, with old and new state. Returns a function
   * that removes it.
   */
  onChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /**
   * Adds a listener that is called when the server has ended an attempt that this page had ended
   * before, for example by a cancellation. Returns a function that removes it.
   */
  onConfirmed(listener: () => void): () => void {
    this.#confirmedListeners.add(listener);
    return () => this.#confirmedListeners.delete(listener);
  }

  /**
   * Counts a view that shows the attempts of a connector, until the returned function is called.
   */
  show(connectorId: string): () => void {
    this.#shown.set(connectorId, (this.#shown.get(connectorId) ?? 0) + 1);
    return () => this.#shown.set(connectorId, (this.#shown.get(connectorId) ?? 1) - 1);
  }

  /** Returns `true` if a view shows the attempts of the connector. */
  isShown(connectorId: string): boolean {
    return (this.#shown.get(connectorId) ?? 0) > 0;
  }

  /** State of a connector. It is the same object until the state changes. */
  get(connectorId: string): AttemptState {
    return this.#runs.get(connectorId)?.state ?? IDLE;
  }

  /**
   * Opens the window for an attempt that starts later, for example after the connector is saved.
   * Must be called inside a click. `undefined`: the browser refused.
   */
  openWindow(text: string): ProviderWindow | undefined {
    return this.#ports.windows.open(text);
  }

  /** Starts an attempt. Must be called inside a click, so that the browser allows the window. */
  authorize(connectorId: string, options: AuthorizeOptions): void {
    this.#run(connectorId).authorize(options);
  }

  /** Records that the user opened the link of a blocked attempt. */
  followLink(connectorId: string): void {
    this.#runs.get(connectorId)?.followLink();
  }

  /** Ends the attempt in this page and on the server. */
  cancel(connectorId: string): void {
    this.#runs.get(connectorId)?.cancel();
  }

  /** Removes the result of an attempt. */
  dismiss(connectorId: string): void {
    this.#runs.get(connectorId)?.dismiss();
  }

  /** Continues the attempts of earlier page loads and of other tabs. */
  resume(): void {
    const now = this.#ports.clock.now();
    for (const record of this.#ports.records.all()) {
      const { connectorId, flowId, expiresAt } = record;
      if (expiresAt + KEPT_AFTER_END_MS < now) this.#ports.records.remove(connectorId, flowId);
      else this.#run(connectorId).resume(record);
    }
  }

  /**
   * Requests the outcome of the attempt for which this window went to the provider. Another tab may
   * already know it.
   */
  resumeReturned({ connectorId, flowId }: WindowAttempt): void {
    const expiresAt = this.#ports.clock.now();
    this.#run(connectorId).resume({ connectorId, flowId, expiresAt, isRedirect: true });
  }

  /**
   * Handles a change of the storage by another tab.
   * @param key changed key; `null`: all keys were removed
   */
  storageChanged(key: string | null): void {
    const connectorId = this.#ports.records.connectorOf(key);
    if (connectorId !== undefined) this.#run(connectorId).followOtherTab();
    else if (key === null) this.askAll();
  }

  /** Requests the outcome of the connector's attempt from the server, because it may have ended. */
  ask(connectorId: string): void {
    this.#runs.get(connectorId)?.ask();
  }

  /** Ends an attempt whose window returned without an OAuth state that the server knows. */
  endUnknown(connectorId: string, flowId: string, reason: string): void {
    this.#runs.get(connectorId)?.endUnknown(flowId, reason);
  }

  /** Requests the outcomes of all attempts from the server, because they may have ended. */
  askAll(): void {
    for (const run of this.#runs.values()) run.ask();
  }

  #run(connectorId: string): AttemptRun {
    const known = this.#runs.get(connectorId);
    if (known !== undefined) return known;
    const run = new AttemptRun(connectorId, this.#ports, {
      onChange: (state, previous) => {
        for (const listener of this.#listeners) listener();
        for (const listener of this.#changeListeners) listener(connectorId, state, previous);
      },
      onConfirmed: () => {
        for (const listener of this.#confirmedListeners) listener();
      },
    });
    this.#runs.set(connectorId, run);
    return run;
  }
}
