import { createPath, type Location, type Navigator, parsePath, type To } from 'react-router';
import { DEFAULT_SPACE_ID } from '../../common/index.ts';
import type { LeaveGuard } from '../types.ts';

/** Part of `window` that navigation uses. */
export interface NavigationWindow {
  readonly history: Pick<History, 'state' | 'pushState' | 'replaceState' | 'go'>;
  readonly location: Pick<globalThis.Location, 'pathname' | 'search' | 'hash'>;
  addEventListener(type: 'popstate', listener: () => void): void;
  addEventListener(type: 'beforeunload', listener: (event: BeforeUnloadEvent) => void): void;
}

/** State that the router renders. */
export interface NavigationState {
  readonly location: Location;
  /** `true` until the first navigation. */
  readonly isFirst: boolean;
}

interface HistoryEntry {
  readonly key: string;
  /** Position in the history of this window. It tells the direction of a `popstate`. */
  readonly index: number;
  readonly state: unknown;
}

/** Options of {@link Navigation}. */
export interface NavigationOptions {
  readonly window: NavigationWindow;
  /** Base path and space, for example `/base/s/team`. Empty: neither. */
  readonly prefix: string;
  /** Asks the user whether to discard unsaved changes. */
  readonly confirmDiscard: () => Promise<boolean>;
}

/**
 * History of the window in the form that react-router needs. The router itself cannot keep the user
 * on a page unless its data mode is used. This class asks a guard before the URL changes. The back
 * button changes the URL first, so the URL is restored, and the step is repeated when the user
 * confirms.
 */
export class Navigation implements Navigator {
  readonly #options: NavigationOptions;
  readonly #listeners = new Set<() => void>();
  readonly #guards = new Set<LeaveGuard>();
  #state: NavigationState;
  #index = 0;
  #keys = 0;
  /**
   * Steps of the history that this class itself has started. Their `popstate` events ask no guard.
   */
  #ownSteps: ('restore' | 'confirmed')[] = [];

  constructor(options: NavigationOptions) {
    this.#options = options;
    const { window } = options;
    this.#dropDefaultSpace();
    this.#index = this.#entry().index;
    this.#state = { location: this.#read(), isFirst: true };
    window.addEventListener('popstate', () => this.#popped());
    window.addEventListener('beforeunload', (event) => {
      if (this.#guards.size > 0) event.preventDefault();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): NavigationState => this.#state;

  /** Returns `true` if a page has unsaved changes. */
  get isGuarded(): boolean {
    return this.#guards.size > 0;
  }

  /** Registers a guard that is asked before each navigation. Returns a function that removes it. */
  guard(guard: LeaveGuard): () => void {
    this.#guards.add(guard);
    return () => this.#guards.delete(guard);
  }

  /** URL of a path such as `/app/connectors?edit=x`, with base path and space. */
  href(path: string): string {
    return `${this.#options.prefix}${path}`;
  }

  /** Goes to a path without base path and space. */
  navigate(path: string, { replace = false }: { readonly replace?: boolean } = {}): void {
    this.#navigate(this.href(path), null, replace ? 'replace' : 'push');
  }

  /** Returns a URL for react-router, which passes complete paths. */
  createHref(to: To): string {
    return typeof to === 'string' ? to : createPath(to);
  }

  // These methods are properties, because the router calls them without `this`.
  readonly push = (to: To, state?: unknown): void => {
    this.#navigate(this.createHref(to), state, 'push');
  };

  readonly replace = (to: To, state?: unknown): void => {
    this.#navigate(this.createHref(to), state, 'replace');
  };

  go(delta: number): void {
    this.#options.window.history.go(delta);
  }

  /**
   * Removes the default space from the URL. The server accepts such URLs, but the web app does not
   * create them.
   */
  #dropDefaultSpace(): void {
    const { window, prefix } = this.#options;
    const { pathname, search, hash } = window.location;
    const named = `${prefix}/s/${DEFAULT_SPACE_ID}`;
    if (!pathname.startsWith(`${named}/`)) return;
    const url = `${prefix}${pathname.slice(named.length)}${search}${hash}`;
    window.history.replaceState(window.history.state, '', url);
  }

  #navigate(url: string, state: unknown, action: 'push' | 'replace'): void {
    const mayLeave = this.#mayLeave(url);
    if (mayLeave === true) {
      this.#change(url, state, action);
      return;
    }
    void mayLeave.then((confirmed) => {
      if (confirmed) this.#change(url, state, action);
    });
  }

  #change(url: string, state: unknown, action: 'push' | 'replace'): void {
    const { history } = this.#options.window;
    this.#keys += 1;
    if (action === 'push') this.#index += 1;
    const entry: HistoryEntry = { key: `n${this.#keys}`, index: this.#index, state };
    if (action === 'push') history.pushState(entry, '', url);
    else history.replaceState(entry, '', url);
    this.#update();
  }

  /**
   * Asks the guards and then the user. Returns `true` synchronously when no guard objects, so that
   * a click changes the page immediately.
   */
  #mayLeave(url: string): Promise<boolean> | true {
    const { pathname = '/', search = '' } = parsePath(url.slice(this.#options.prefix.length));
    const objects = [...this.#guards].some((guard) => !guard.allows({ pathname, search }));
    return objects ? this.#options.confirmDiscard() : true;
  }

  #popped(): void {
    const step = this.#ownSteps.shift();
    if (step === 'restore') return;
    const { index } = this.#entry();
    const delta = index - this.#index;
    const { pathname, search } = this.#options.window.location;
    const mayLeave = step === 'confirmed' || this.#mayLeave(`${pathname}${search}`);
    if (mayLeave === true) {
      this.#index = index;
      this.#update();
      return;
    }
    this.#ownSteps.push('restore');
    this.go(-delta);
    void mayLeave.then((confirmed) => {
      if (!confirmed) return;
      this.#ownSteps.push('confirmed');
      this.go(delta);
    });
  }

  #update(): void {
    this.#state = { location: this.#read(), isFirst: false };
    for (const listener of this.#listeners) listener();
  }

  #read(): Location {
    const { pathname, search, hash } = this.#options.window.location;
    const { key, state } = this.#entry();
    return { pathname, search, hash, key, state };
  }

  /**
   * Returns the history entry of the current URL. A URL that the user entered, or a link to a
   * fragment, has no entry yet, so one is created.
   */
  #entry(): HistoryEntry {
    const { history } = this.#options.window;
    const known = history.state as Partial<HistoryEntry> | null;
    if (typeof known?.index === 'number' && typeof known.key === 'string') {
      return { key: known.key, index: known.index, state: known.state };
    }
    const entry = { key: 'default', index: this.#index + 1, state: null };
    history.replaceState(entry, '');
    return entry;
  }
}
