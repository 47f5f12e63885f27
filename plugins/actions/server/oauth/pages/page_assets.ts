import { readFileSync } from 'node:fs';
import type { Route } from '@latchkey/core/common';
import { type Router, respond } from '@latchkey/core/server';

/** Registers the route of a script of a page. Reads the file once, at registration. */
export function registerPageAsset(
  router: Router<unknown>,
  route: Omit<Route, 'responses'>,
  file: URL,
): void {
  const body = readFileSync(file, 'utf8');
  const headers = {
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'public, max-age=86400',
  };
  router.handle(route, () => respond.ok(body, { headers }));
}
