import { readFileSync } from 'node:fs';
import type { Router } from '@latchkey/core/server';

/**
 * Path of the style sheet of these pages. A separate file, because the content security policy
 * forbids inline styles.
 */
export const PAGE_STYLE_PATH = '/api/actions/connector/_oauth_callback_style';

/** Registers the style sheet. */
export function registerPageStyle(router: Router): void {
  registerPageAsset(router, PAGE_STYLE_PATH, {
    type: 'text/css; charset=utf-8',
    file: new URL('./assets/pages.css', import.meta.url),
  });
}

/** Registers one asset of a page. The file is read once, here. */
export function registerPageAsset(
  router: Router,
  path: string,
  asset: { readonly type: string; readonly file: URL },
): void {
  const body = readFileSync(asset.file, 'utf8');
  router.add(
    {
      method: 'get',
      path,
      access: 'public',
      summary: 'Asset of the authorization pages',
      tags: ['oauth'],
      security: { authentication: 'none' },
    },
    () => ({
      status: 200,
      body,
      headers: { 'content-type': asset.type, 'cache-control': 'public, max-age=86400' },
    }),
  );
}
