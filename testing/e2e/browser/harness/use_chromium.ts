import { CHROMIUM, type Reachable, type TestUser } from '@latchkey/test-environment';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { buildWebApp } from './build_web_app.ts';
import { Problems } from './problems.ts';

/** Time limit of the start of Chromium and of each step, on a machine that runs other tests. */
const LIMIT_MS = 120_000;

/** Options of one user's browser. */
export type UserOptions = Pick<
  BrowserContextOptions,
  'colorScheme' | 'javaScriptEnabled' | 'locale' | 'viewport'
>;

/** One Chromium for the tests of a file. */
export interface TestBrowser {
  /** Opens an empty page without a session. Cookies are those of this page alone. */
  open(server: Reachable, options?: UserOptions): Promise<Page>;
  /** Opens a page of the server for a user who has signed in. */
  openAs(
    user: Pick<TestUser, 'username' | 'password'>,
    server: Reachable,
    target: UserOptions & { readonly path: string },
  ): Promise<Page>;
  /** Allows problems of the current test whose text matches; all others fail it. */
  expectProblems(...patterns: readonly RegExp[]): void;
}

/**
 * Builds the web app and starts Chromium before the tests of the enclosing `describe`, or of the
 * file. A test fails when a page of the server had an error in its console, an uncaught error, or a
 * violation of its content security policy.
 */
export function useChromium(): TestBrowser {
  let browser: Browser | undefined;
  let contexts: BrowserContext[] = [];
  const origins = new Set<string>();
  const isOwn = (url: string) => [...origins].some((origin) => url.startsWith(origin));
  let problems = new Problems(isOwn);

  beforeAll(async () => {
    const launched = chromium.launch({ ...CHROMIUM, timeout: LIMIT_MS });
    [browser] = await Promise.all([launched, buildWebApp()]);
  });
  afterEach(async () => {
    const [open, found] = [contexts, problems];
    contexts = [];
    problems = new Problems(isOwn);
    await Promise.all(open.map((context) => context.close()));
    found.ensureNone();
  });
  afterAll(() => browser?.close());

  const open: TestBrowser['open'] = async (server, options = {}) => {
    if (browser === undefined)
      throw new Error('Chromium is not running: open pages only in tests and hooks');
    origins.add(new URL(server.url).origin);
    // Chromium draws without a graphics card here, so animations would slow down the tests.
    const context = await browser.newContext({
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    contexts.push(context);
    context.setDefaultTimeout(LIMIT_MS);
    await problems.watch(context);
    return context.newPage();
  };
  return {
    open,
    openAs: async (user, server, { path, ...options }) => {
      const page = await open(server, options);
      await signIn(page, user, server);
      await page.goto(`${server.url}${path}`);
      return page;
    },
    expectProblems: (...patterns) => problems.expect(...patterns),
  };
}

/** Signs in without the form, which costs a page load. Ends the session of the page, if any. */
export async function signIn(
  page: Page,
  { username, password }: Pick<TestUser, 'username' | 'password'>,
  server: Reachable,
): Promise<void> {
  const response = await page.request.post(`${server.url}/internal/security/login`, {
    headers: { 'kbn-xsrf': 'true', 'x-elastic-internal-origin': 'latchkey' },
    data: {
      providerType: 'basic',
      providerName: 'basic',
      currentURL: `${server.url}/login`,
      params: { username, password },
    },
  });
  if (!response.ok()) throw new Error(`${username} cannot sign in: ${response.status()}`);
}
