import { type PostedForm, parseForms } from '@latchkey/dev-providers';
import type { Reachable, TestUser } from '@latchkey/test-environment';
import { type HttpResponse, send } from '@latchkey/test-environment';

/** Headers that a browser sends with a navigation from another site. */
export const CROSS_SITE = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
} as const;

/**
 * Headers that a browser sends with a click on a page of this server. There is no `Referer`,
 * because pages of this server forbid it by default.
 */
export const OWN_PAGE = { ...CROSS_SITE, 'sec-fetch-site': 'same-origin' } as const;

/** Like {@link OWN_PAGE}, with a click on a page that permits `Referer`. */
export const OWN_CLICK = { ...OWN_PAGE, referer: 'http://localhost:5601/app/connectors' } as const;

type Headers = Readonly<Record<string, string>>;

/**
 * Opens a page as a browser does.
 * @param headers headers of the navigation; default: those of a link on another site
 */
export function openPage(
  testUser: TestUser,
  server: Reachable,
  path: string,
  headers: Headers = CROSS_SITE,
): Promise<HttpResponse> {
  return testUser.call(server, {
    method: 'GET',
    path,
    withKibanaHeaders: false,
    headers: { accept: 'text/html,*/*', ...headers },
  });
}

/**
 * Opens a callback with which the user returns from the provider with a different account than the
 * connected one.
 * @returns path of the page that asks the user to confirm the account
 * @throws Error when the server does not redirect to that page
 */
export async function openHeldCallback(
  testUser: TestUser,
  server: Reachable,
  callback: string,
): Promise<string> {
  const { status, headers } = await openPage(testUser, server, callback);
  if (status !== 302 || headers.location === undefined)
    throw new Error(`The authorization was not held: status ${status}`);
  return headers.location;
}

/**
 * Submits the form of a page with one of its buttons.
 * @param over.button value of the button; default: that of the first one
 * @param over.fields values that replace those of the form
 */
export function press(
  testUser: TestUser,
  server: Reachable,
  page: Pick<HttpResponse, 'text'>,
  over: { readonly button?: string; readonly fields?: Headers; readonly headers?: Headers } = {},
): Promise<HttpResponse> {
  const [form] = parseForms(page.text);
  if (form === undefined) throw new Error('the page has no form');
  const button = form.buttons.find(({ value }) => value === over.button) ?? form.buttons[0];
  const fields = new URLSearchParams({
    ...Object.fromEntries(form.fields),
    ...(button?.name === undefined ? {} : { [button.name]: button.value }),
    ...over.fields,
  });
  return testUser.call(server, {
    method: 'POST',
    path: form.action,
    rawBody: fields.toString(),
    withKibanaHeaders: false,
    headers: {
      accept: 'text/html,*/*',
      'content-type': 'application/x-www-form-urlencoded',
      ...(over.headers ?? { ...OWN_CLICK, origin: server.url }),
    },
  });
}

/**
 * Posts a form as a page of another site does. The browser sends no cookies with it, so the server
 * cannot know the user.
 */
export function postFromAnotherSite(
  server: Reachable,
  { url, fields }: PostedForm,
): Promise<HttpResponse> {
  return send({
    method: 'POST',
    url: `${server.url}${url.pathname}`,
    headers: {
      accept: 'text/html,*/*',
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'null',
      ...CROSS_SITE,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

/**
 * Returns the URL to which a page sends the browser without a click; `undefined`: the page does not
 * do so.
 */
export function continuesTo({ text }: Pick<HttpResponse, 'text'>): string | undefined {
  const url = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(text)?.[1];
  return url?.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
