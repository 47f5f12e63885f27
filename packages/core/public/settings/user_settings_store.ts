import type { UserSettings } from '../types.ts';

/** Options of {@link UserSettingsStore}. */
export interface UserSettingsOptions {
  /** Settings of the boot data. */
  readonly initial: UserSettings;
  readonly save: (settings: Partial<UserSettings>) => Promise<void>;
  readonly onSaveFailed: (error: unknown) => void;
}

/** Theme and language of this page. A change is applied immediately and saved afterwards. */
export class UserSettingsStore {
  readonly #options: UserSettingsOptions;
  readonly #listeners = new Set<() => void>();
  #settings: UserSettings;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: UserSettingsOptions) {
    this.#options = options;
    this.#settings = { theme: options.initial.theme, language: options.initial.language };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): UserSettings => this.#settings;

  /**
   * Applies a change and saves it. Changes are saved in the order of the calls, so that the last
   * choice is stored.
   */
  change(settings: Partial<UserSettings>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    for (const listener of this.#listeners) listener();
    this.#saving = this.#saving
      .then(() => this.#options.save(settings))
      .catch((error: unknown) => this.#options.onSaveFailed(error));
    return this.#saving;
  }
}
