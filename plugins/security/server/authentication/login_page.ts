import { readFileSync } from 'node:fs';
import { escapeHtml, localize, SESSION_CHANNEL } from '@latchkey/core/common';
import {
  appearanceOf,
  htmlTexts,
  type PageAppearance,
  type Router,
  renderPage,
  respond,
  type UrlBuilder,
} from '@latchkey/core/server';
import { readLoginScript, showLoginPage } from '../../common/index.ts';
import { PAGE_TEXTS } from './page_texts.ts';
import { safePath } from './return_path.ts';

/**
 * Reasons for which the page is shown, and their notices. The query selects one of these texts, and
 * cannot contain a text of its own.
 */
const NOTICES: ReadonlyMap<string, keyof typeof PAGE_TEXTS> = new Map([
  ['LOGGED_OUT', 'signedOut'],
  ['SESSION_EXPIRED', 'sessionEnded'],
]);

/** Texts that the script of the page shows. */
const SCRIPT_TEXTS = [
  'missingFields',
  'wrongCredentials',
  'tooManyFailures',
  'serverFailed',
  'noResponse',
  'refused',
] as const satisfies readonly (keyof typeof PAGE_TEXTS)[];

/** Objects that the handlers of the login page call. */
export interface LoginPageServices {
  readonly urls: Pick<UrlBuilder, 'path' | 'basePath'>;
}

/** Registers the login page and its script. Both work even if the web app does not. */
export function registerLoginPage(router: Router<LoginPageServices>): void {
  const script = readFileSync(new URL('./assets/login.js', import.meta.url), 'utf8');
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
}

/**
 * Renders the login page. It contains no part of the request, so only the base path and the texts
 * need escaping.
 * @param reason reason for which the page is shown. `undefined` or unknown: it shows no notice
 */
export function renderLoginPage(
  urls: LoginPageServices['urls'],
  appearance: PageAppearance,
  reason: string | undefined,
): string {
  const action = escapeHtml(urls.path('/internal/security/login'));
  const text = htmlTexts(appearance);
  const ofScript = Object.fromEntries(
    SCRIPT_TEXTS.map((name) => [name, localize(PAGE_TEXTS[name], appearance.language)]),
  );
  const notice = NOTICES.get(reason ?? '');
  return renderPage(
    {
      appearance,
      title: localize(PAGE_TEXTS.loginTitle, appearance.language),
      layout: 'narrow',
      scriptPath: readLoginScript.path,
      body: [
        `<h1>${text(PAGE_TEXTS.loginHeading)}</h1>`,
        notice === undefined
          ? ''
          : `<p class="notice" role="status">${text(PAGE_TEXTS[notice])}</p>`,
        `<noscript><p class="problem">${text(PAGE_TEXTS.needsScript)}</p></noscript>`,
        '<p id="problem" class="problem" role="alert" hidden></p>',
        `<form id="login" method="post" action="${action}" novalidate`,
        `data-texts="${escapeHtml(JSON.stringify(ofScript))}"`,
        `data-channel="${SESSION_CHANNEL.name}" data-signed-out="${SESSION_CHANNEL.signedOut}">`,
        `<label for="username">${text(PAGE_TEXTS.username)}</label>`,
        '<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"',
        'spellcheck="false" maxlength="128" required autofocus aria-describedby="problem">',
        `<label for="password">${text(PAGE_TEXTS.password)}</label>`,
        '<input id="password" name="password" type="password" autocomplete="current-password"',
        'maxlength="256" required aria-describedby="problem">',
        `<button id="submit" type="submit">${text(PAGE_TEXTS.signIn)}</button>`,
        '</form>',
      ],
    },
    urls,
  );
}
