import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react';

type Snapshot =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly Component: ComponentType }
  | { readonly status: 'failed'; readonly error: unknown };

const LOADING: Snapshot = { status: 'loading' };

/**
 * Code of a component that is loaded once, when it is needed first. Loaded code is rendered in the
 * same pass as everything around it. `lazy` of React shows the fallback of `Suspense` first, even
 * if the code is there, and then renders the component in steps of 5 ms, between which the browser
 * draws frames.
 *
 * States: loading, then loaded or failed, which are final.
 */
class ComponentCode {
  readonly #read: () => Promise<ComponentType>;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot = LOADING;
  #loading: Promise<void> | undefined;

  /** @param read loads the code; called once */
  constructor(read: () => Promise<ComponentType>) {
    this.#read = read;
  }

  /** Loads the code. Never rejects: a failure is thrown where the component is rendered. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.#snapshot;

  async #load(): Promise<void> {
    try {
      this.#snapshot = { status: 'loaded', Component: await this.#read() };
    } catch (error) {
      this.#snapshot = { status: 'failed', error };
    }
    for (const listener of this.#listeners) listener();
  }
}

const codes = new WeakMap<() => Promise<ComponentType>, ComponentCode>();

/** The code that a function loads. There is one for each function. */
export function codeOf(read: () => Promise<ComponentType>): ComponentCode {
  const known = codes.get(read) ?? new ComponentCode(read);
  codes.set(read, known);
  return known;
}

/** A component whose code is loaded when it is rendered. */
export function LoadedComponent(props: {
  /** Loads the code. Its result is kept. */
  readonly read: () => Promise<ComponentType>;
  /** Shown until the code is loaded. */
  readonly loading: ReactNode;
  /** Wraps the component. Default: nothing. */
  readonly children?: (component: ReactNode) => ReactNode;
}): ReactNode {
  const { read, loading, children = (component) => component } = props;
  const code = codeOf(read);
  const snapshot = useSyncExternalStore(code.subscribe, code.getSnapshot);
  useEffect(() => void code.load(), [code]);
  if (snapshot.status === 'failed') throw snapshot.error;
  return snapshot.status === 'loaded' ? children(<snapshot.Component />) : loading;
}
