import type { AccountProvider, HeaderItem } from '../types.ts';

/** Registrations of plugins for the header, and the title of the page. */
export interface ChromeState {
  readonly headerItems: readonly HeaderItem[];
  /** Source of the account menu. `undefined`: no plugin has registered one. */
  readonly account: AccountProvider | undefined;
  /** Title that a page set, with the path at which it was set. `undefined`: no page has set one. */
  readonly title: { readonly pathname: string; readonly text: string } | undefined;
}

/** State of the chrome. It stays in memory when the page changes. */
export class ChromeStore {
  readonly #listeners = new Set<() => void>();
  readonly #owners = new Map<HeaderItem, string>();
  #state: ChromeState = { headerItems: [], account: undefined, title: undefined };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): ChromeState => this.#state;

  /**
   * Registers a part of the header.
   * @param pluginId plugin to which the item belongs
   * @throws TypeError when another item has the id
   */
  registerHeaderItem(item: HeaderItem, pluginId: string): void {
    const { headerItems } = this.#state;
    if (headerItems.some(({ id }) => id === item.id)) {
      throw new TypeError(`Header item [${item.id}] is registered twice`);
    }
    this.#owners.set(item, pluginId);
    this.#change({ headerItems: [...headerItems, item].sort((a, b) => a.order - b.order) });
  }

  /** Removes the header items of a plugin that failed. */
  removeOf(pluginId: string): void {
    const isOther = (item: HeaderItem) => this.#owners.get(item) !== pluginId;
    this.#change({ headerItems: this.#state.headerItems.filter(isOther) });
  }

  /**
   * Registers the source of the account menu.
   * @throws TypeError when another plugin has registered a provider
   */
  readonly registerAccount = (account: AccountProvider): void => {
    if (this.#state.account !== undefined)
      throw new TypeError('An account provider is registered already');
    this.#change({ account });
  };

  /** Sets the title of a page. It is used until the path changes. */
  setTitle(pathname: string, text: string): void {
    this.#change({ title: { pathname, text } });
  }

  #change(changes: Partial<ChromeState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
