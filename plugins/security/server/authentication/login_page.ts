import { readFileSync } from 'node:fs';
import { escapeHtml } from '@latchkey/core/common';
import { type Router, respond, type UrlBuilder } from '@latchkey/core/server';
import { readLoginScript, readLoginStyle, showLoginPage } from '../../common/index.ts';
import {
  appearanceOf,
  type PageAppearance,
  type PageTexts,
  pageTexts,
  renderPage,
} from '../pages/index.ts';
import { safePath } from './return_path.ts';

/** Reasons for showing the page. A query selects one of these texts and cannot contain a text. */
const NOTICES: Readonly<Record<string, keyof PageTexts>> = {
  LOGGED_OUT: 'signedOut',
  SESSION_EXPIRED: 'sessionEnded',
};

/** Texts that the script of the page shows. */
const SCRIPT_TEXTS = [
  'missingFields',
  'wrongCredentials',
  'tooManyFailures',
  'serverFailed',
  'noResponse',
  'refused',
] as const satisfies readonly (keyof PageTexts)[];

/** Objects that the handlers of the login page call. */
export interface LoginPageServices {
  readonly urls: Pick<UrlBuilder, 'path' | 'basePath'>;
}

/**
 * Registers the login page, its script, and the style of both pages. They are static files, so the
 * login page works even when the web application does not.
 */
export function registerLoginPage(router: Router<LoginPageServices>): void {
  const script = asset(new URL('./assets/login.js', import.meta.url));
  const style = asset(new URL('./assets/login.css', import.meta.url));
  router.handle(showLoginPage, (request, { urls }) => {
    const { user, query } = request;
    if (user === undefined)
      return respond.html(200, renderLoginPage(urls, appearanceOf(request), query.msg));
    const next = query.next === undefined ? undefined : safePath(query.next, urls.basePath);
    return respond.redirect(next ?? urls.path('/'));
  });
  router.handle(readLoginScript, () =>
    respond.ok(script, { headers: { 'content-type': 'text/javascript; charset=utf-8' } }),
  );
  router.handle(readLoginStyle, () =>
    respond.ok(style, { headers: { 'content-type': 'text/css; charset=utf-8' } }),
  );
}

function asset(file: URL): string {
  return readFileSync(file, 'utf8');
}

/** The page contains no part of the request, so only the base path and the texts need escaping. */
function renderLoginPage(
  urls: LoginPageServices['urls'],
  appearance: PageAppearance,
  reason: string | undefined,
): string {
  const action = escapeHtml(urls.path('/internal/security/login'));
  const texts = pageTexts(appearance.language);
  const text = (name: keyof PageTexts) => escapeHtml(texts[name]);
  const ofScript = Object.fromEntries(SCRIPT_TEXTS.map((name) => [name, texts[name]]));
  const notice = NOTICES[reason ?? ''];
  return renderPage(
    {
      appearance,
      title: texts.loginTitle,
      scriptPath: readLoginScript.path,
      body: `<h1>${text('loginHeading')}</h1>
      ${notice === undefined ? '' : `<p class="notice" role="status">${text(notice)}</p>`}
      <noscript><p class="problem">${text('needsScript')}</p></noscript>
      <p id="problem" class="problem" role="alert" hidden></p>
      <form id="login" method="post" action="${action}" novalidate data-texts="${escapeHtml(JSON.stringify(ofScript))}">
        <label for="username">${text('username')}</label>
        <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="128" required autofocus aria-describedby="problem">
        <label for="password">${text('password')}</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          maxlength="256" required aria-describedby="problem">
        <button id="submit" type="submit">${text('signIn')}</button>
      </form>`,
    },
    urls,
  );
}
