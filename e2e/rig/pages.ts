import { type PostedForm, parseForms } from '@latchkey/dev-providers';
import { type HttpAnswer, send } from './http_client.ts';
import type { Person, Reachable } from './person.ts';

/** What a browser says about a navigation that another site began. */
export const CROSS_SITE = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
} as const;

/** What a browser says about a click on a page of the server itself. */
export const OWN_CLICK = { ...CROSS_SITE, 'sec-fetch-site': 'same-origin' } as const;

type Headers = Readonly<Record<string, string>>;

/** Opens a page as a browser does. */
export function openPage(
  person: Person,
  server: Reachable,
  path: string,
  headers: Headers = CROSS_SITE,
): Promise<HttpAnswer> {
  return person.call(server, {
    method: 'GET',
    path,
    withKibanaHeaders: false,
    headers: { accept: 'text/html,*/*', ...headers },
  });
}

/**
 * Sends the form of a page as one of its buttons does.
 * @param over.button value of the button; default: the first one
 * @param over.fields replace what the form holds
 */
export function press(
  person: Person,
  server: Reachable,
  page: Pick<HttpAnswer, 'text'>,
  over: { readonly button?: string; readonly fields?: Headers; readonly headers?: Headers } = {},
): Promise<HttpAnswer> {
  const [form] = parseForms(page.text);
  if (form === undefined) throw new Error('the page has no form');
  const button = form.buttons.find(({ value }) => value === over.button) ?? form.buttons[0];
  const fields = new URLSearchParams({
    ...Object.fromEntries(form.fields),
    ...(button?.name === undefined ? {} : { [button.name]: button.value }),
    ...over.fields,
  });
  return person.call(server, {
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

/** A form of another site arrives: the browser sends no cookies with it, and nobody here knows whose it is. */
export function postFromAnotherSite(
  server: Reachable,
  { url, fields }: PostedForm,
): Promise<HttpAnswer> {
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

/** Where a page sends the browser on by itself; `undefined`: nowhere. */
export function continuesTo({ text }: Pick<HttpAnswer, 'text'>): string | undefined {
  const url = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(text)?.[1];
  return url?.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
