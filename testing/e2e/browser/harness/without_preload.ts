import type { Page } from 'playwright-core';

/** Timer after which the shell loads rarely used code. */
const PRELOAD_AFTER_MS = 3_000;

/**
 * Keeps pages from loading rarely used code after some seconds, so that the files that they load do
 * not depend on the speed of the machine. Call it before the page is opened.
 */
export async function withoutPreload(page: Page): Promise<void> {
  await page.addInitScript(
    `{ const { setTimeout } = window;
       window.setTimeout = (callback, ms, ...rest) =>
         ms === ${PRELOAD_AFTER_MS} ? 0 : setTimeout(callback, ms, ...rest); }`,
  );
}
