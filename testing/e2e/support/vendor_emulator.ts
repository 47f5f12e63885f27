import { type DevProviders, devServerSettings, parseForms } from '@latchkey/dev-providers';
import {
  type HttpResponse,
  pathOf,
  type Reachable,
  send,
  type TestUser,
} from '@latchkey/test-environment';

/** Content type of a form. */
export const FORM = 'application/x-www-form-urlencoded';

/**
 * Returns a function for the settings of servers that reach an API at another origin.
 * @param origins origins of the API
 * @param emulatorOrigin origin to which they send the requests; called when the servers start
 */
export function settingsWithEmulator(
  origins: readonly string[],
  emulatorOrigin: () => string,
): (providers: DevProviders) => Readonly<Record<string, unknown>> {
  return (providers) => {
    const settings = devServerSettings(providers);
    return {
      ...settings,
      'xpack.actions.dev.hostOverrides': {
        ...Object(settings['xpack.actions.dev.hostOverrides']),
        ...Object.fromEntries(origins.map((origin) => [origin, emulatorOrigin()])),
      },
    };
  };
}

/**
 * Authorizes a connector: chooses an account on the page of the provider, and follows the redirect
 * to the server.
 * @param formText text in the HTML of the form that chooses the account of the user
 * @returns the response of the callback
 */
export async function connectAtEmulator(
  user: TestUser,
  server: Reachable,
  { connector, formText }: { readonly connector: string; readonly formText: string },
): Promise<HttpResponse> {
  const { authorizationUrl } = await user.startFlow(server, connector);
  const page = await send({ method: 'GET', url: authorizationUrl });
  const part = page.text.split('<form').find((one) => one.includes(formText));
  const [form] = parseForms(`<form${part}`);
  if (form === undefined) throw new Error('The page has no form for the account');
  const chosen = await send({
    method: 'POST',
    url: new URL(form.action, authorizationUrl).href,
    headers: { 'content-type': FORM },
    body: new URLSearchParams(Object.fromEntries(form.fields)).toString(),
  });
  return user.call(server, {
    method: 'GET',
    path: pathOf(new URL(String(chosen.headers.location))),
  });
}

/** Returns the headers of a received response that the gateway in front of an emulator sends on. */
export function forwardedHeaders({ headers }: Response): Readonly<Record<string, string>> {
  const names = ['content-type', 'location'].filter((name) => headers.has(name));
  return Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']));
}
