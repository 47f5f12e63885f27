import { escapeHtml } from '@latchkey/core/common';
import type { ServerRequest, UrlBuilder } from '@latchkey/core/server';
import { renderPage } from './page_frame.ts';

/**
 * Tells if a page of another site sent the browser (Fetch Metadata). `false` without the header,
 * which programs, and browsers over plain http, do not send.
 */
export function isFromAnotherSite({ headers }: Pick<ServerRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/**
 * Page that asks the user before signing out. Its link sends a same-origin request, which signs
 * out.
 */
export function renderLogoutPage(urls: Pick<UrlBuilder, 'path'>): string {
  return renderPage(
    {
      title: 'Sign out - Latchkey',
      body: `<h1>Sign out of Latchkey?</h1>
      <p class="notice">Another site asked to sign you out.</p>
      <a class="button" href="${escapeHtml(urls.path('/api/security/logout'))}">Sign out</a>
      <p><a href="${escapeHtml(urls.path('/'))}">Stay signed in</a></p>`,
    },
    urls,
  );
}
