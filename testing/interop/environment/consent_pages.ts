import {
  type CookieJar,
  type FormButton,
  type PageForm,
  parseForms,
} from '@latchkey/dev-providers';

/** The user who goes through the pages of a provider, and where the browser stops. */
export interface ConsentOptions {
  readonly username: string;
  readonly password: string;
  /** `true`: the user refuses on the consent page. Default: false. */
  readonly refuse?: boolean;
  /** Cookies, which keep sessions between authorizations, as a browser does. */
  readonly cookies: CookieJar;
  /** Origin of our server. The browser stops before it sends a request there. */
  readonly stopAtOrigin: string;
}

interface Step {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly body?: URLSearchParams;
}

const MAX_STEPS = 25;

/**
 * Follows an authorization URL through real pages as a browser without scripts does: it follows
 * redirects, signs in, and allows or refuses access.
 * @returns the URL on our server to which the provider redirects the user, which is not requested
 * yet
 * @throws Error naming the page when the page has no form for this user
 */
export async function passConsentPages(
  authorizationUrl: string,
  options: ConsentOptions,
): Promise<URL> {
  const stopAt = new URL(options.stopAtOrigin).origin;
  let step: Step = { url: new URL(authorizationUrl), method: 'GET' };
  for (let count = 0; count < MAX_STEPS; count += 1) {
    step = await nextStep(step, options);
    if (step.url.origin === stopAt) return step.url;
  }
  throw new Error(
    `Our server was not reached after ${MAX_STEPS} steps; the last page was ${step.url.origin}${step.url.pathname}`,
  );
}

async function nextStep(step: Step, options: ConsentOptions): Promise<Step> {
  const cookie = options.cookies.headerFor(step.url);
  const response = await fetch(step.url, {
    method: step.method,
    redirect: 'manual',
    headers: { accept: 'text/html', ...(cookie === undefined ? {} : { cookie }) },
    ...(step.body === undefined ? {} : { body: step.body }),
  });
  options.cookies.store(step.url, response.headers.getSetCookie());
  const html = await response.text();
  const location = response.headers.get('location');
  if (location !== null && response.status >= 300 && response.status < 400) {
    return { url: new URL(location, step.url), method: 'GET' };
  }
  for (const form of parseForms(html)) {
    const filled = fillIn(form, options, step.url);
    if (filled !== undefined) return filled;
  }
  const title = /<title>([^<]*)/.exec(html)?.[1]?.trim() ?? 'no title';
  throw new Error(
    `${step.url.origin}${step.url.pathname} (${response.status}, ${title}) has no form for ${options.username}`,
  );
}

/**
 * Returns the request that submits a form. `undefined`: the form is neither a login form nor a
 * consent form.
 */
function fillIn(form: PageForm, options: ConsentOptions, page: URL): Step | undefined {
  const names = form.fields.map(([name]) => name);
  const decision = form.buttons.find(({ name }) => name === (options.refuse ? 'cancel' : 'accept'));
  if (decision !== undefined) return submit(form, { page, button: decision, over: {} });
  if (!names.includes('password')) return undefined;
  const { username, password } = options;
  return submit(form, { page, button: form.buttons[0], over: { username, password } });
}

function submit(
  form: PageForm,
  how: {
    readonly page: URL;
    readonly button: FormButton | undefined;
    readonly over: Readonly<Record<string, string>>;
  },
): Step {
  const body = new URLSearchParams(
    form.fields.map(([name, value]): [string, string] => [name, how.over[name] ?? value]),
  );
  if (how.button?.name !== undefined) body.append(how.button.name, how.button.value);
  const url = form.action === '' ? how.page : new URL(form.action, how.page);
  return { url, method: 'POST', body };
}
