import { escapeHtml } from '@latchkey/core/common';
import {
  type AuthenticatedUser,
  type Router,
  respond,
  type UrlBuilder,
} from '@latchkey/core/server';
import { showStartPage } from '../../common/index.ts';
import { renderPage } from './page_frame.ts';

/** Services of the start page. */
export interface StartPageServices {
  readonly urls: Pick<UrlBuilder, 'path'>;
}

/**
 * Registers the page at the address of the server. It shows the user and links. Without a session
 * it redirects to the login page.
 */
export function registerStartPage(router: Router<StartPageServices>): void {
  router.handle(showStartPage, ({ user, spaceId }, { urls }) =>
    user === undefined
      ? respond.redirect(urls.path('/login', spaceId))
      : respond.html(200, renderStartPage({ user, spaceId }, urls)),
  );
}

function renderStartPage(
  { user, spaceId }: { readonly user: AuthenticatedUser; readonly spaceId: string },
  urls: StartPageServices['urls'],
): string {
  const facts = [
    ...(user.fullName === undefined ? [] : [['Name', user.fullName]]),
    ['Username', user.username],
    ['Roles', user.roles.length === 0 ? 'none' : user.roles.join(', ')],
    ['Space', spaceId],
  ];
  const links = [
    ['/api/openapi.json', 'API description'],
    ['/api/status', 'Status'],
  ];
  // HTTP Basic and API keys are sent with every request, so there is no session to end.
  const canSignOut = user.authenticationType === 'session';
  return renderPage(
    {
      title: 'Latchkey',
      body: `<h1>Latchkey</h1>
      <p class="notice">You are signed in.</p>
      <dl>
        ${facts.map(([term, fact]) => `<dt>${term}</dt><dd>${escapeHtml(`${fact}`)}</dd>`).join('\n        ')}
      </dl>
      <nav aria-label="Server">
        ${links.map(([path, text]) => `<a href="${escapeHtml(urls.path(`${path}`, spaceId))}">${text}</a>`).join('\n        ')}
      </nav>
      ${canSignOut ? `<a class="button" href="${escapeHtml(urls.path('/api/security/logout'))}">Sign out</a>` : ''}`,
    },
    urls,
  );
}
