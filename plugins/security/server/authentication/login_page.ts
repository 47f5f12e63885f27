import { readFileSync } from 'node:fs';
import { escapeHtml, type Router, respond, type UrlBuilder } from '@latchkey/core/server';
import { z } from 'zod';
import { renderPage, STYLE_PATH } from './page_frame.ts';
import { safePath } from './return_path.ts';

const SCRIPT_PATH = '/login/login.js';

/** Why the browser is here. Texts are ours; a query can choose one but never write one. */
const NOTICES: Readonly<Record<string, string>> = {
  LOGGED_OUT: 'You have signed out.',
  SESSION_EXPIRED: 'Your session has ended. Sign in again.',
};

/** Anything odd in the query is ignored: this page must open whatever led here. */
const pageQuery = z.object({
  next: z.string().max(2_048).optional().catch(undefined),
  msg: z.string().max(64).optional().catch(undefined),
});

export interface LoginPageDeps {
  readonly urls: Pick<UrlBuilder, 'path' | 'basePath'>;
}

/** The login page, its script and the style of both pages: plain files, so that it opens even when the application does not. */
export function registerLoginPage(router: Router, { urls }: LoginPageDeps): void {
  const page = {
    script: asset(new URL('./assets/login.js', import.meta.url)),
    style: asset(new URL('./assets/login.css', import.meta.url)),
  };
  router.add(
    {
      method: 'get',
      path: '/login',
      access: 'public',
      summary: 'Show the login page',
      security: { authentication: 'optional' },
      validate: { query: pageQuery },
      responses: {
        200: { description: 'The login page.' },
        302: { description: 'To where a signed-in person wanted to go.' },
      },
    },
    ({ user, query }) => {
      if (user === undefined)
        return respond.html(200, renderLoginPage(urls, NOTICES[query.msg ?? '']));
      const next = query.next === undefined ? undefined : safePath(query.next, urls.basePath);
      return respond.redirect(next ?? urls.path('/'));
    },
  );
  registerAsset(router, SCRIPT_PATH, page.script, 'text/javascript; charset=utf-8');
  registerAsset(router, STYLE_PATH, page.style, 'text/css; charset=utf-8');
}

function registerAsset(router: Router, path: string, content: string, type: string): void {
  router.add(
    {
      method: 'get',
      path,
      access: 'public',
      summary: `Serve ${path}`,
      security: { authentication: 'none' },
    },
    () => ({ status: 200, body: content, headers: { 'content-type': type } }),
  );
}

function asset(file: URL): string {
  return readFileSync(file, 'utf8');
}

/** Nothing of the request is rendered, so nothing needs escaping but our own base path. */
function renderLoginPage(urls: LoginPageDeps['urls'], notice: string | undefined): string {
  const action = escapeHtml(urls.path('/internal/security/login'));
  return renderPage(
    {
      title: 'Sign in - Latchkey',
      scriptPath: SCRIPT_PATH,
      body: `<h1>Sign in to Latchkey</h1>
      ${notice === undefined ? '' : `<p class="notice" role="status">${notice}</p>`}
      <noscript><p class="problem">Signing in needs JavaScript.</p></noscript>
      <p id="problem" class="problem" role="alert" hidden></p>
      <form id="login" method="post" action="${action}" novalidate>
        <label for="username">Username</label>
        <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="128" required autofocus aria-describedby="problem">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          maxlength="256" required aria-describedby="problem">
        <button id="submit" type="submit">Sign in</button>
      </form>`,
    },
    urls,
  );
}
