import { escapeHtml, localize } from '@latchkey/core/common';
import {
  htmlTexts,
  type PageAppearance,
  renderPage,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import { PAGE_TEXTS } from './page_texts.ts';

/**
 * Returns `true` if the user may not have asked to sign out, from the Fetch Metadata headers. This
 * is so if a page of another site sent the browser, or if a page of this server loads the link as
 * an image or another part of itself, which stored text can cause. `false` without the headers:
 * programs, and browsers over plain http, do not send them.
 */
export function isUnasked({ headers }: Pick<ServerRequest, 'headers'>): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-dest': destination = 'document' } = headers;
  if (site === 'cross-site' || site === 'same-site') return true;
  return destination !== 'document' && destination !== 'empty';
}

/**
 * Renders the page that asks the user before signing out. Its link sends a same-origin request that
 * signs out.
 */
export function renderLogoutPage(
  urls: Pick<UrlBuilder, 'path'>,
  appearance: PageAppearance,
): string {
  const text = htmlTexts(appearance);
  return renderPage(
    {
      appearance,
      title: localize(PAGE_TEXTS.logoutTitle, appearance.language),
      layout: 'result',
      body: [
        `<h1 tabindex="-1" autofocus>${text(PAGE_TEXTS.logoutHeading)}</h1>`,
        `<p>${text(PAGE_TEXTS.logoutReason)}</p>`,
        '<div class="actions">',
        `<a class="button" href="${escapeHtml(urls.path('/api/security/logout'))}">${text(PAGE_TEXTS.signOut)}</a>`,
        `<a class="button secondary" href="${escapeHtml(urls.path('/'))}">${text(PAGE_TEXTS.stay)}</a>`,
        '</div>',
      ],
    },
    urls,
  );
}
