import type { PageStoryGroup, SubmittedStory } from '@latchkey/core/server/mocks';
import { renderLoginPage } from './login_page.ts';
import { renderLogoutPage } from './logout_page.ts';

const SCRIPT = new URL('./assets/login.js', import.meta.url);

/** The pages on which users sign in and out. */
export const pageStories: PageStoryGroup = {
  title: 'Login and logout (pages of the server)',
  stories: [
    login('login'),
    login('login, signed out', { reason: 'LOGGED_OUT' }),
    login('login, session ended', { reason: 'SESSION_EXPIRED' }),
    login('login, fields left empty', { submitted: submitted({ username: '', password: '' }) }),
    login('login, wrong password', {
      submitted: submitted({}, { statusCode: 401, body: { attributes: { code: 'login_failed' } } }),
    }),
    login('login, too many failures', {
      submitted: submitted({}, { statusCode: 429, body: {}, headers: { 'retry-after': '600' } }),
    }),
    login('login, refused', { submitted: submitted({}, { statusCode: 403, body: {} }) }),
    login('login, server fails', { submitted: submitted({}, { statusCode: 503, body: {} }) }),
    login('login, no response', { submitted: submitted({}) }),
    {
      name: 'logout that another page asks for',
      render: (appearance, urls) => renderLogoutPage(urls, appearance),
    },
  ],
};

function login(
  name: string,
  {
    reason,
    submitted: form,
  }: { readonly reason?: string; readonly submitted?: SubmittedStory } = {},
): PageStoryGroup['stories'][number] {
  return {
    name,
    render: (appearance, urls) => renderLoginPage(urls, appearance, reason),
    script: SCRIPT,
    ...(form === undefined ? {} : { submitted: form }),
  };
}

/**
 * Returns the values with which the form is submitted, and the response of the server. Default: the
 * server does not respond.
 */
function submitted(
  fields: Readonly<Record<string, string>>,
  response?: SubmittedStory['response'],
): SubmittedStory {
  return { fields: { username: 'ana', password: 'not-a-password', ...fields }, response };
}
