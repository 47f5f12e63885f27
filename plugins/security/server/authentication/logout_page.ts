import { escapeHtml } from '@latchkey/core/common';
import type { ServerRequest, UrlBuilder } from '@latchkey/core/server';
import { type PageAppearance, type PageTexts, pageTexts, renderPage } from '../pages/index.ts';

/**
 * Tells if the user may not have asked to sign out (Fetch Metadata): a page of another site sent
 * the browser, or a page of this server loads the link as a picture or another part of itself,
 * which stored text can cause. `false` without the headers, which programs, and browsers over plain
 * http, do not send.
 */
export function isUnasked({ headers }: Pick<ServerRequest, 'headers'>): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-dest': destination = 'document' } = headers;
  if (site === 'cross-site' || site === 'same-site') return true;
  return destination !== 'document' && destination !== 'empty';
}

/**
 * Page that asks the user before signing out. Its link sends a same-origin request, which signs
 * out.
 */
export function renderLogoutPage(
  urls: Pick<UrlBuilder, 'path'>,
  appearance: PageAppearance,
): string {
  const texts = pageTexts(appearance.language);
  const text = (name: keyof PageTexts) => escapeHtml(texts[name]);
  return renderPage(
    {
      appearance,
      title: texts.logoutTitle,
      body: `<h1>${text('logoutHeading')}</h1>
      <p class="notice">${text('logoutReason')}</p>
      <a class="button" href="${escapeHtml(urls.path('/api/security/logout'))}">${text('signOut')}</a>
      <p><a href="${escapeHtml(urls.path('/'))}">${text('stay')}</a></p>`,
    },
    urls,
  );
}
