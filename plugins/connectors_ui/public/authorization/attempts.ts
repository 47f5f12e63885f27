import { type AttemptState, type FinalState, IDLE, isFinal } from './attempt.ts';
import { type AttemptPorts, AttemptRun, type AuthorizeOptions } from './attempt_run.ts';
import type { ProviderWindow, WindowAttempt } from './browser_window.ts';

/** Milliseconds for which the server keeps an outcome. Older records are of no use. */
const KEPT_AFTER_END_MS = 60 * 60_000;

/** Called after each change of an attempt. */
type ChangeListener = (connectorId: string, state: AttemptState, previous: AttemptState) => void;

/** Called when an attempt reached a final state. */
export type EndListener = (connectorId: string, state: FinalState) => void;

/**
 * All attempts of this tab. Outlives pages and components: they subscribe to it. Attempts of other
 * tabs and of earlier page loads appear here as well.
 */
export class Attempts {
  readonly #ports: AttemptPorts;
  readonly #runs = new Map<string, AttemptRun>();
  readonly #listeners = new Set<() => void>();
  /** Number of views by connector. */
  readonly #shown = new Map<string, number>();
  readonly #changeListeners = new Set<ChangeListener>();
  readonly #confirmedListeners = new Set<() => void>();

  constructor(ports: AttemptPorts) {
    this.#ports = ports;
  }

  /** Calls the listener after every change. Returns a function that removes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls the listener when an attempt ends. Returns a function that removes it. */
  onEnd(listener: EndListener): () => void {
    return this.onChange((connectorId, state) => {
      if (isFinal(state)) listener(connectorId, state);
    });
  }

  /** Calls the listener after every change, with the change. Returns a function that removes it. */
  onChange(listener: ChangeListener): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /**
   * Calls the listener when the server has ended an attempt that ended here before, for example by
   * a cancellation. Returns a function that removes it.
   */
  onConfirmed(listener: () => void): () => void {
    this.#confirmedListeners.add(listener);
    return () => this.#confirmedListeners.delete(listener);
  }

  /** A view shows the attempts of the connector until it calls the returned function. */
  show(connectorId: string): () => void {
    this.#shown.set(connectorId, (this.#shown.get(connectorId) ?? 0) + 1);
    return () => this.#shown.set(connectorId, (this.#shown.get(connectorId) ?? 1) - 1);
  }

  /** Tells if a view shows the attempts of the connector. */
  isShown(connectorId: string): boolean {
    return (this.#shown.get(connectorId) ?? 0) > 0;
  }

  /** State of a connector. The same object until it changes. */
  get(connectorId: string): AttemptState {
    return this.#runs.get(connectorId)?.state ?? IDLE;
  }

  /**
   * Opens the window of an attempt that starts later, for example after the connector is saved.
   * Must be called inside of a click. `undefined`: the browser refuses.
   */
  openWindow(text: string): ProviderWindow | undefined {
    return this.#ports.windows.open(text);
  }

  /** Starts an attempt. Must be called inside of a click, so that a window may open. */
  authorize(connectorId: string, options: AuthorizeOptions): void {
    this.#run(connectorId).authorize(options);
  }

  /** Records that the user opened the link of a blocked attempt. */
  followLink(connectorId: string): void {
    this.#runs.get(connectorId)?.followLink();
  }

  /** Ends the attempt here and on the server. */
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

  /** Reads the outcome of the attempt for which this window left. Another tab may know it. */
  resumeReturned({ connectorId, flowId }: WindowAttempt): void {
    const expiresAt = this.#ports.clock.now();
    this.#run(connectorId).resume({ connectorId, flowId, expiresAt, isRedirect: true });
  }

  /** Handles a change of the storage by another tab. `null`: it removed every key. */
  storageChanged(key: string | null): void {
    const connectorId = this.#ports.records.connectorOf(key);
    if (connectorId !== undefined) this.#run(connectorId).followOtherTab();
    else if (key === null) this.askAll();
  }

  /** Asks the server for the outcome of the connector's attempt, which may have ended. */
  ask(connectorId: string): void {
    this.#runs.get(connectorId)?.ask();
  }

  /** Ends an attempt whose window returned without a state that the server knows. */
  endUnknown(connectorId: string, flowId: string, reason: string): void {
    this.#runs.get(connectorId)?.endUnknown(flowId, reason);
  }

  /** Asks the server for the outcomes of all attempts, which may have ended. */
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
