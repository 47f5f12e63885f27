import { readFileSync } from 'node:fs';
import { type Router, respond, type UrlBuilder } from '@latchkey/core/server';
import { z } from 'zod';
import { safePath } from './return_path.ts';

/** Why the browser is here. Texts are ours; a query can choose one but never write one. */
const NOTICES: Readonly<Record<string, string>> = {
  LOGGED_OUT: 'You have logged out.',
  SESSION_EXPIRED: 'Your session has ended. Log in again.',
};

/** Anything odd in the query is ignored: this page must open whatever led here. */
const pageQuery = z.object({
  next: z.string().optional().catch(undefined),
  msg: z.string().optional().catch(undefined),
});

export interface LoginPageDeps {
  readonly urls: Pick<UrlBuilder, 'path' | 'basePath'>;
}

/** The login page with its script and style: plain files, so that it opens even when the application does not. */
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
    },
    ({ user, query }) => {
      if (user === undefined) return respond.html(200, renderPage(urls, NOTICES[query.msg ?? '']));
      const next = query.next === undefined ? undefined : safePath(query.next, urls.basePath);
      return respond.redirect(next ?? urls.path('/'));
    },
  );
  registerAsset(router, '/login/login.js', page.script, 'text/javascript; charset=utf-8');
  registerAsset(router, '/login/login.css', page.style, 'text/css; charset=utf-8');
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
function renderPage(urls: LoginPageDeps['urls'], notice: string | undefined): string {
  const href = (path: string) => escapeAttribute(urls.path(path));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Log in - Latchkey</title>
    <link rel="stylesheet" href="${href('/login/login.css')}">
    <script src="${href('/login/login.js')}" defer></script>
  </head>
  <body>
    <main>
      <h1>Log in to Latchkey</h1>
      ${notice === undefined ? '' : `<p class="notice" role="status">${notice}</p>`}
      <noscript><p class="problem">Logging in needs JavaScript.</p></noscript>
      <p id="problem" class="problem" role="alert" hidden></p>
      <form id="login" method="post" action="${href('/internal/security/login')}" novalidate>
        <label for="username">Username</label>
        <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="128" required autofocus aria-describedby="problem">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          maxlength="256" required aria-describedby="problem">
        <button id="submit" type="submit">Log in</button>
      </form>
    </main>
  </body>
</html>
`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
