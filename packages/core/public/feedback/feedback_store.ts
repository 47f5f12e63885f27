import type { Confirmation, Failure, Toast } from '../types.ts';

/** A toast on the screen. */
export interface ShownToast extends Toast {
  readonly id: string;
}

/** A confirmation on the screen. */
interface OpenConfirmation {
  readonly id: string;
  readonly question: Confirmation;
  /** `true`: the action of the question runs. */
  readonly isBusy: boolean;
  /** Failure of the last attempt. */
  readonly failure?: Failure | undefined;
  readonly confirm: () => void;
  readonly cancel: () => void;
}

/** Everything that the web app shows above its pages. */
export interface FeedbackState {
  readonly toasts: readonly ShownToast[];
  /** Open questions in the order in which they were asked. Only the first is on the screen. */
  readonly confirmations: readonly OpenConfirmation[];
  /** Text for screen readers with a number, because the same text may be said twice. */
  readonly announcement: { readonly number: number; readonly text: string };
}

/** Toasts, confirmations and announcements. They stay in memory when the page changes. */
export class FeedbackStore {
  readonly #listeners = new Set<() => void>();
  #ids = 0;
  #state: FeedbackState = {
    toasts: [],
    confirmations: [],
    announcement: { number: 0, text: '' },
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): FeedbackState => this.#state;

  readonly toast = (toast: Toast): void => {
    this.#change({ toasts: [...this.#state.toasts, { ...toast, id: this.#nextId() }] });
  };

  readonly dismiss = (id: string): void => {
    this.#change({ toasts: this.#state.toasts.filter((toast) => toast.id !== id) });
  };

  readonly confirm = (question: Confirmation): Promise<boolean> => {
    const id = this.#nextId();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let isRunning = false;
    const isOpen = (): boolean => this.#state.confirmations.some((open) => open.id === id);
    const close = (): void => {
      const confirmations = this.#state.confirmations.filter((open) => open.id !== id);
      this.#change({ confirmations });
    };
    const decide = (confirmed: boolean): void => {
      close();
      resolve(confirmed);
    };
    const cancel = (): void => {
      // The action of a closed confirmation continues, and the confirmation resolves with its
      // result.
      if (isRunning) close();
      else decide(false);
    };
    const confirm = async (): Promise<void> => {
      const { action } = question;
      if (action === undefined) {
        decide(true);
        return;
      }
      isRunning = true;
      this.#changeConfirmation(id, { isBusy: true, failure: undefined });
      try {
        await action.run();
        decide(true);
      } catch (error) {
        isRunning = false;
        const failure = action.failureOf(error);
        if (isOpen()) {
          this.#changeConfirmation(id, { isBusy: false, failure });
        } else {
          this.toast({ ...failure, color: 'danger' });
          resolve(false);
        }
      }
    };
    const confirmations = [
      ...this.#state.confirmations,
      { id, question, isBusy: false, confirm: () => void confirm(), cancel },
    ];
    this.#change({ confirmations });
    return promise;
  };

  readonly announce = (text: string): void => {
    this.#change({ announcement: { number: this.#state.announcement.number + 1, text } });
  };

  #nextId(): string {
    this.#ids += 1;
    return `feedback-${this.#ids}`;
  }

  #changeConfirmation(id: string, changes: Pick<OpenConfirmation, 'isBusy' | 'failure'>): void {
    const confirmations = this.#state.confirmations.map((open) =>
      open.id === id ? { ...open, ...changes } : open,
    );
    this.#change({ confirmations });
  }

  #change(changes: Partial<FeedbackState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
