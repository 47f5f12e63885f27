import { QueryClient } from '@tanstack/react-query';
import type { BootData } from '../common/index.ts';
import { type Fetch, HttpClient } from './http_client.ts';
import type { CoreStart, Failure, Toast } from './types.ts';

export {
  type FakeRequest,
  type FakeResponse,
  FakeServer,
  SERVER_ERROR,
  STALE_VERSION,
} from './fake_server.mock.ts';

/** Returns boot data of a user with all given privileges in the default space. */
export function bootDataMock(changes: Partial<BootData> = {}): BootData {
  return {
    basePath: '',
    buildId: 'test',
    now: Date.now(),
    version: '0.0.0',
    space: { id: 'default', name: 'Default' },
    user: { username: 'ana', fullName: 'Ana Sample', roles: [], privileges: [] },
    theme: 'light',
    language: 'en',
    languageChoice: 'en',
    browserLanguage: 'en',
    hasPublicBaseUrl: true,
    plugins: {},
    ...changes,
  };
}

/** A {@link CoreStart} for tests that records what it was asked to show. */
export interface CoreStartMock extends CoreStart {
  /** Toasts that the tested code has shown, in order. */
  readonly toasts: readonly Toast[];
  /** Failures that confirmation dialogs have shown, in order. */
  readonly failures: readonly Failure[];
  /** Texts for screen readers so far. */
  readonly announcements: readonly string[];
  /** Paths that the tested code passed to `navigate`, in order. */
  readonly visited: readonly string[];
}

/** Creates services for tests of pages. */
export function coreStartMock(
  options: {
    /** Responds to the requests of `http`. Default: every request fails. */
    readonly fetch?: Fetch;
    readonly boot?: Partial<BootData>;
    /** Decision of every confirmation. Default: `true`, which runs its action once. */
    readonly confirms?: boolean;
  } = {},
): CoreStartMock {
  const boot = bootDataMock(options.boot);
  const refuse: Fetch = (url) =>
    Promise.reject(new Error(`The test has no response for the request ${url}`));
  const toasts: Toast[] = [];
  const failures: Failure[] = [];
  const announcements: string[] = [];
  const visited: string[] = [];
  const settings = { theme: boot.theme, language: boot.languageChoice };
  return {
    boot,
    toasts,
    failures,
    announcements,
    visited,
    http: new HttpClient({
      fetch: options.fetch ?? refuse,
      baseUrl: boot.basePath,
      spaceId: boot.space.id,
    }),
    queryClient: new QueryClient({
      defaultOptions: { queries: { retry: false, gcTime: Number.POSITIVE_INFINITY } },
    }),
    clock: {
      now: () => Date.now(),
      after: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
    application: {
      href: (path) => `${boot.basePath}${path}`,
      navigate: (path) => {
        visited.push(path);
      },
      can: (privilege) => boot.user.privileges.includes(privilege),
      guardLeave: () => () => undefined,
      confirmDiscard: async () => options.confirms ?? true,
    },
    chrome: { setTitle: () => undefined },
    settings: {
      subscribe: () => () => undefined,
      getSnapshot: () => settings,
      change: async () => undefined,
    },
    feedback: {
      toast: (toast) => {
        toasts.push(toast);
      },
      confirm: async ({ action }) => {
        if (options.confirms === false) return false;
        try {
          await action?.run();
          return true;
        } catch (error) {
          if (action !== undefined) failures.push(action.failureOf(error));
          return false;
        }
      },
      announce: (text) => {
        announcements.push(text);
      },
    },
  };
}
