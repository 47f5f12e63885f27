import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react';

type Snapshot<P> =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly Component: ComponentType<P> }
  | { readonly status: 'failed'; readonly error: unknown };

/**
 * Code of a component that is loaded once, when it is needed first. Loaded code is rendered in the
 * same pass as everything around it. `lazy` of React shows the fallback of `Suspense` first, even
 * if the code is there, and then renders the component in steps of 5 ms, between which the browser
 * draws frames. It also keeps a failure until the page is loaded again.
 *
 * States: loading, then loaded, which is final, or failed, until {@link ComponentCode.retry} or
 * {@link ComponentCode.forgetFailure}.
 */
export class ComponentCode<P extends object = object> {
  readonly #read: () => Promise<ComponentType<P>>;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot<P> = { status: 'loading' };
  #loading: Promise<void> | undefined;

  /** @param read loads the code; called again only after a failure */
  constructor(read: () => Promise<ComponentType<P>>) {
    this.#read = read;
  }

  /** Loads the code. Never rejects: the snapshot has the failure. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Loads the code again after a failure, which stays in the snapshot until this has ended. */
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

/** The code that a function loads. There is one for each function. */
export function codeOf(read: () => Promise<ComponentType>): ComponentCode {
  const known = codes.get(read) ?? new ComponentCode(read);
  codes.set(read, known);
  return known;
}

/** Loads code while a component is rendered. Code that failed is loaded again the next time. */
export function useComponentCode<P extends object>(code: ComponentCode<P>): Snapshot<P> {
  const snapshot = useSyncExternalStore(code.subscribe, code.getSnapshot);
  useEffect(() => {
    void code.load();
    // `useSyncExternalStore` has removed the listener of this component before.
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
