import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react';

type Snapshot<P> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly Component: ComponentType<P> }
  | { readonly status: 'failed'; readonly error: unknown };

/**
 * The code of a component, which is loaded once, when it is first needed. If it is already loaded,
 * the component is rendered in the same pass as everything around it. `lazy` of React first shows
 * the fallback of `Suspense` even then, and renders the component in steps of 5 ms, between which
 * the browser paints frames. It also keeps a failure until the page is loaded again.
 * States: loading, then loaded, which is final, or failed, until {@link ComponentCode.retry} or
 * {@link ComponentCode.forgetFailure}.
 */
export class ComponentCode<P extends object = object> {
  readonly #read: () => Promise<ComponentType<P>>;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot<P> = { status: 'loading' };
  #loading: Promise<void> | undefined;

  /** @param read loads the code; it is called again only after a failure */
  constructor(read: () => Promise<ComponentType<P>>) {
    this.#read = read;
  }

  /** Loads the code. Never rejects: a failure is recorded in the snapshot. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * Loads the code again after a failure. The snapshot keeps the failure until this attempt has
   * ended.
   */
  retry(): Promise<void> {
    this.#loading = this.#load();
    return this.#loading;
  }

  /** Lets the next {@link ComponentCode.load} try again after a failure that is no longer shown. */
  forgetFailure(): void {
    if (this.#snapshot.status !== 'failed' || this.#listeners.size > 0) return;
    this.#snapshot = { status: 'loading' };
    this.#loading = undefined;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot<P> => this.#snapshot;

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

/** Returns the code that a function loads. There is one {@link ComponentCode} for each function. */
export function codeOf(read: () => Promise<ComponentType>): ComponentCode {
  const known = codes.get(read) ?? new ComponentCode(read);
  codes.set(read, known);
  return known;
}

/**
 * Loads code when a component is rendered. If loading failed, the next render of a new component
 * tries again.
 */
export function useComponentCode<P extends object>(code: ComponentCode<P>): Snapshot<P> {
  const snapshot = useSyncExternalStore(code.subscribe, code.getSnapshot);
  useEffect(() => {
    void code.load();
    // `useSyncExternalStore` has removed the listener of this component before this runs.
    return () => code.forgetFailure();
  }, [code]);
  return snapshot;
}

/**
 * A component whose code is loaded when it is rendered.
 * @throws the error of `read` while it is rendered, for the error boundary around it
 */
export function LoadedComponent(props: {
  /** Loads the code. Its result is kept. */
  readonly read: () => Promise<ComponentType>;
  /** Shown until the code is loaded. */
  readonly loading: ReactNode;
  /** Wraps the component. Default: nothing. */
  readonly children?: (component: ReactNode) => ReactNode;
}): ReactNode {
  const { read, loading, children = (component) => component } = props;
  const snapshot = useComponentCode(codeOf(read));
  if (snapshot.status === 'failed') throw snapshot.error;
  return snapshot.status === 'loaded' ? children(<snapshot.Component />) : loading;
}
