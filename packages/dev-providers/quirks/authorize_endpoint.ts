import type { Exchange } from '../http/index.ts';
import { emailOf } from '../users.ts';
import { addCallbackFacts } from './grant_facts.ts';
import type { QuirkState } from './quirk_state.ts';

/**
 * Serves the authorization endpoint (RFC 6749 §4.1.1). It consents immediately, as the account of
 * `login_hint` or as Ana. An error that the provider would report is sent to the redirect URI. With
 * `response_mode=form_post` the response is a form (OAuth 2.0 Form Post Response Mode §2).
 */
export function authorize(state: QuirkState, { url, response }: Exchange): void {
  const { entry, client, codes } = state;
  const params = url.searchParams;
  const redirectUri = params.get('redirect_uri');
  if (params.get('client_id') !== client.id || !URL.canParse(redirectUri ?? '')) {
    response.writeHead(400).end('unknown client or redirect URI');
    return;
  }
  const callback = new URL(redirectUri ?? '');
  const given = params.get('state');
  if (given !== null) callback.searchParams.set('state', given);
  const problem = problemOf(state, params);
  if (problem === undefined) {
    const scopes = scopesIn(state, params);
    const { needsScope, needsParameter } = entry.refreshToken ?? {};
    const isParameterSent =
      needsParameter === undefined ||
      params.get(needsParameter) === entry.authorize.parameters[needsParameter];
    const code = codes.add({
      owner: {
        account: emailOf(params.get('login_hint') ?? 'ana'),
        clientId: client.id,
        scopes,
      },
      redirectUri: redirectUri ?? '',
      challenge: params.get('code_challenge') ?? undefined,
      offline:
        entry.refreshToken !== undefined &&
        isParameterSent &&
        (needsScope === undefined || scopes.includes(needsScope)),
    });
    callback.searchParams.set('code', code);
    addCallbackFacts(state, callback);
    if (entry.issuer !== undefined) callback.searchParams.set('iss', entry.issuer);
  } else {
    callback.searchParams.set('error', problem);
  }
  if (params.get('response_mode') === 'form_post') sendForm(response, callback);
  else response.writeHead(302, { location: callback.href }).end();
}

/** Sends a page with a form that posts the parameters of a callback to the callback URL. */
function sendForm(response: Exchange['response'], callback: URL): void {
  const fields = [...callback.searchParams].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const action = escaped(`${callback.origin}${callback.pathname}`);
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<form method="post" action="${action}">${fields.join('')}<button>Continue</button></form>`,
    );
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function problemOf({ entry }: QuirkState, params: URLSearchParams): string | undefined {
  const { requiredParameters, parameters, pkce, scope } = entry.authorize;
  if (params.get('response_type') !== 'code') return 'unsupported_response_type';
  if (requiredParameters.some((name) => params.get(name) !== parameters[name]))
    return 'invalid_request';
  const isProtected =
    params.get('code_challenge_method') === 'S256' && params.get('code_challenge') !== null;
  if (pkce === 'required' && !isProtected) return 'invalid_request';
  const requested = params.get(scope.parameter);
  if (!scope.isSupported) return requested === null ? undefined : 'invalid_scope';
  // Scopes in another parameter or with another separator would be read as one unknown scope.
  const others = SEPARATORS.filter((one) => one !== scope.separator);
  return requested === null || others.some((one) => requested.includes(one))
    ? 'invalid_scope'
    : undefined;
}

const SEPARATORS = [' ', ',', '|', ';'];

function scopesIn({ entry }: QuirkState, params: URLSearchParams): readonly string[] {
  const { parameter, separator } = entry.authorize.scope;
  return (params.get(parameter) ?? '').split(separator).filter((scope) => scope !== '');
}
