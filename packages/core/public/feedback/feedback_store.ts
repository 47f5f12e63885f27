import type { Confirmation, Toast } from '../types.ts';

/** A toast on the screen. */
export interface ShownToast extends Toast {
  readonly id: string;
}

/** A confirmation on the screen. */
interface OpenConfirmation {
  readonly id: string;
  readonly question: Confirmation;
  readonly decide: (confirmed: boolean) => void;
}

/** Everything that the web app shows above its pages. */
export interface FeedbackState {
  readonly toasts: readonly ShownToast[];
  /** Questions in order. The first is on the screen; the others wait. */
  readonly confirmations: readonly OpenConfirmation[];
  /** Text for screen readers with a number, because the same text may be said twice. */
  readonly announcement: { readonly number: number; readonly text: string };
}

/** Toasts, confirmations and announcements. Outlives every page. */
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
    const decide = (confirmed: boolean): void => {
      const confirmations = this.#state.confirmations.filter((open) => open.id !== id);
      this.#change({ confirmations });
      resolve(confirmed);
    };
    const confirmations = [...this.#state.confirmations, { id, question, decide }];
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

  #change(changes: Partial<FeedbackState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
