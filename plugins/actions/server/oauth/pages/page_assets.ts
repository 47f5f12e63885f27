import { readFileSync } from 'node:fs';
import type { Route } from '@latchkey/core/common';
import { type Router, respond } from '@latchkey/core/server';
import { readPageStyle } from '../../../common/index.ts';

/** Registers the style sheet of the pages. */
export function registerPageStyle(router: Router<unknown>): void {
  registerPageAsset(router, readPageStyle, {
    type: 'text/css; charset=utf-8',
    file: new URL('./assets/pages.css', import.meta.url),
  });
}

/** Registers one asset of a page. The file is read once, here. */
export function registerPageAsset(
  router: Router<unknown>,
  route: Omit<Route, 'responses'>,
  asset: { readonly type: string; readonly file: URL },
): void {
  const body = readFileSync(asset.file, 'utf8');
  const headers = { 'content-type': asset.type, 'cache-control': 'public, max-age=86400' };
  router.handle(route, () => respond.ok(body, { headers }));
}
