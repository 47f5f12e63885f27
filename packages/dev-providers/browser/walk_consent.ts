import { emailOf, type UserId } from '../users.ts';
import { CookieJar } from './cookie_jar.ts';
import { type FormButton, type PageForm, parseForms } from './parse_forms.ts';

/** The user that walks through the pages, and where the walk stops. */
export interface WalkOptions {
  readonly as: UserId;
  /** `true`: presses the button that refuses, on the first page that has one. Default: `false`. */
  readonly deny?: boolean | undefined;
  /** Cookie jar that keeps sessions between walks, as a browser does. Default: a new, empty one. */
  readonly cookieJar?: CookieJar | undefined;
  /** Origin of our server. The walk stops before it sends a request there. */
  readonly stopAtOrigin: string;
}

/**
 * The error of a walk that did not reach our server. The message names origin, path and status of
 * the last page, never a query.
 */
export class WalkError extends Error {
  override readonly name = 'WalkError';
}

interface Step {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly body?: URLSearchParams;
}

const MAX_STEPS = 25;

const where = (url: URL): string => `${url.origin}${url.pathname}`;

/** Returns the button that this user presses. `undefined`: the form belongs to another user. */
function buttonFor(form: PageForm, options: WalkOptions): FormButton | undefined {
  const wanted = options.deny ? 'deny' : 'allow';
  const decision = form.buttons.find((button) => button.name === 'decision');
  if (decision !== undefined) return form.buttons.find((button) => button.value === wanted);
  const user = emailOf(options.as);
  const belongsToUser =
    form.fields.some(([, value]) => value === user) ||
    form.buttons.some((button) => button.value === user);
  if (!belongsToUser) return undefined;
  return form.buttons.find((button) => button.value === user) ?? form.buttons[0];
}

function submit(form: PageForm, button: FormButton, page: URL): Step {
  const url = new URL(form.action, page);
  const fields = new URLSearchParams(
    form.fields.map(([name, value]): [string, string] => [name, value]),
  );
  if (button.name !== undefined) fields.append(button.name, button.value);
  if (form.method === 'POST') return { url, method: 'POST', body: fields };
  url.search = fields.toString();
  return { url, method: 'GET' };
}

async function load(step: Step, jar: CookieJar): Promise<Response> {
  const cookie = jar.headerFor(step.url);
  const response = await fetch(step.url, {
    method: step.method,
    redirect: 'manual',
    headers: { accept: 'text/html', ...(cookie === undefined ? {} : { cookie }) },
    ...(step.body === undefined ? {} : { body: step.body }),
  });
  jar.store(step.url, response.headers.getSetCookie());
  return response;
}

/**
 * Returns the step for a form that only forwards the browser to our server, as for
 * `response_mode=form_post`. `undefined`: the form does something else.
 */
function forwardedForm(form: PageForm, page: URL, stopAtOrigin: string): Step | undefined {
  const url = new URL(form.action, page);
  if (form.method !== 'POST' || url.origin !== new URL(stopAtOrigin).origin) return undefined;
  const fields = form.fields.map(([name, value]): [string, string] => [name, value]);
  return { url, method: 'POST', body: new URLSearchParams(fields) };
}

async function nextStep(response: Response, step: Step, options: WalkOptions): Promise<Step> {
  const location = response.headers.get('location');
  const html = await response.text();
  if (location !== null && response.status >= 300 && response.status < 400) {
    const keepsMethod = response.status === 307 || response.status === 308;
    const url = new URL(location, step.url);
    return keepsMethod ? { ...step, url } : { url, method: 'GET' };
  }
  if (!response.ok)
    throw new WalkError(`${where(step.url)} responded with status ${response.status}`);
  for (const form of parseForms(html)) {
    const button = buttonFor(form, options);
    if (button !== undefined) return submit(form, button, step.url);
    const last = forwardedForm(form, step.url, options.stopAtOrigin);
    if (last !== undefined) return last;
  }
  throw new WalkError(`${where(step.url)} has no form for ${options.as}`);
}

/**
 * Follows an authorization URL through the provider's pages as a user would: it follows redirects,
 * chooses the account, and allows or refuses.
 * @returns the URL on our server to which the provider redirects the user; it has not been
 * requested yet
 * @throws WalkError when a page responds with an error or has no form for this user
 */
export async function walkConsent(authorizationUrl: string, options: WalkOptions): Promise<URL> {
  return (await walk(authorizationUrl, options)).url;
}

/** Form that the browser posts to our server at the end of the flow. */
export interface PostedForm {
  readonly url: URL;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Follows an authorization with `response_mode=form_post`, otherwise like {@link walkConsent}.
 * @returns the form that the provider's last page posts to our server; it has not been submitted
 * yet
 * @throws WalkError, for example when the provider redirects without a form
 */
export async function walkConsentToForm(
  authorizationUrl: string,
  options: WalkOptions,
): Promise<PostedForm> {
  const { url, body } = await walk(authorizationUrl, options);
  if (body === undefined)
    throw new WalkError(`${where(url)} was reached by a redirect, not by a form`);
  return { url, fields: Object.fromEntries(body) };
}

async function walk(authorizationUrl: string, options: WalkOptions): Promise<Step> {
  const jar = options.cookieJar ?? new CookieJar();
  const stopAt = new URL(options.stopAtOrigin).origin;
  let step: Step = { url: new URL(authorizationUrl), method: 'GET' };
  for (let count = 0; count < MAX_STEPS; count += 1) {
    step = await nextStep(await load(step, jar), step, options);
    if (step.url.origin === stopAt) return step;
  }
  throw new WalkError(
    `Our server was not reached after ${MAX_STEPS} steps; the last page was ${where(step.url)}`,
  );
}
