import { createHash, timingSafeEqual } from 'node:crypto';
import { fingerprint } from '../faults/index.ts';
import { type Exchange, formOf } from '../http/index.ts';
import { findClient, type GoogleClient } from './clients.ts';
import type { GoogleContext } from './google_context.ts';
import { oauthError, oauthResponse } from './google_responses.ts';
import type { CodeRecord, GoogleGrant } from './grant_store.ts';
import type { IdTokenSigner } from './id_token.ts';

const sameText = (left: string, right: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
};

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** Decodes HTTP Basic. RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const decode = (part: string) =>
    new URLSearchParams(`part=${part.replaceAll('&', '%26')}`).get('part') ?? '';
  return { id: decode(id ?? ''), secret: decode(rest.join(':')) };
}

/**
 * Token, revocation and token information endpoints. The library creates the tokens; this class
 * checks the requests.
 */
export class TokenEndpoint {
  readonly #context: GoogleContext;
  readonly #signer: IdTokenSigner;

  constructor(context: GoogleContext, signer: IdTokenSigner) {
    this.#context = context;
    this.#signer = signer;
  }

  /** Serves `POST /token`. */
  async exchange(exchange: Exchange): Promise<Response> {
    const form = formOf(exchange);
    const client = this.#authenticate(exchange, form);
    if (client instanceof Response) return client;
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#spendCode(exchange, form, client);
      case 'refresh_token':
        return this.#refresh(exchange, form, client);
      default:
        return oauthError(400, 'unsupported_grant_type', 'Invalid grant_type.');
    }
  }

  /** Serves `POST /revoke` (RFC 7009, with Google's response to unknown tokens). */
  revoke(exchange: Exchange): Response {
    const token = formOf(exchange).get('token') ?? exchange.url.searchParams.get('token') ?? '';
    exchange.record.tokenHash = fingerprint(token);
    const { grantStore, settings } = this.#context;
    const grant = grantStore.findGrant(token);
    if (grant === undefined) return oauthError(400, 'invalid_token', 'Token expired or revoked');
    note(exchange, grant);
    const others =
      settings.revocationReach === 'app'
        ? grantStore.liveGrants({ account: grant.account, clientId: grant.clientId })
        : [];
    for (const one of [grant, ...others]) grantStore.revokeGrantOf(one);
    return oauthResponse({});
  }

  /** Serves `GET` and `POST /tokeninfo`. */
  tokenInfo(exchange: Exchange): Response {
    const token =
      exchange.url.searchParams.get('access_token') ?? formOf(exchange).get('access_token') ?? '';
    exchange.record.tokenHash = fingerprint(token);
    const access = this.#context.grantStore.findAccessToken(token);
    if (access === undefined) return oauthError(400, 'invalid_token', 'Invalid Value');
    note(exchange, access.grant);
    const { account, clientId, scopes } = access.grant;
    const leftMs = access.expiresAtMs - this.#context.now().getTime();
    return oauthResponse({
      azp: clientId,
      aud: clientId,
      scope: scopes.join(' '),
      exp: String(Math.floor(access.expiresAtMs / 1000)),
      expires_in: String(Math.floor(leftMs / 1000)),
      ...(scopes.includes('email') || scopes.includes('openid')
        ? { email: account, email_verified: 'true' }
        : {}),
    });
  }

  #authenticate(exchange: Exchange, form: URLSearchParams): GoogleClient | Response {
    const basic = basicCredentials(exchange.request.headers.authorization);
    const posted = form.get('client_secret');
    if (basic !== undefined && posted !== null) {
      return oauthError(400, 'invalid_request', 'More than one client authentication was used.');
    }
    const id = basic?.id ?? form.get('client_id') ?? '';
    const client = findClient(id);
    exchange.record.clientId = client?.clientId;
    if (client === undefined) return oauthError(401, 'invalid_client', 'The client was not found.');
    const secret = basic?.secret ?? posted ?? '';
    return sameText(secret, client.clientSecret)
      ? client
      : oauthError(401, 'invalid_client', 'Unauthorized');
  }

  async #spendCode(
    exchange: Exchange,
    form: URLSearchParams,
    client: GoogleClient,
  ): Promise<Response> {
    const { grantStore } = this.#context;
    const code = form.get('code') ?? '';
    const record = grantStore.findCode(code);
    if (record === undefined || record.clientId !== client.clientId) {
      return oauthError(400, 'invalid_grant', 'Malformed auth code.');
    }
    exchange.record.account = record.account;
    grantStore.spendCode(code);
    // Compared byte by byte (RFC 6749 §4.1.3), which the library does not do.
    if (form.get('redirect_uri') !== record.redirectUri) {
      return oauthError(400, 'redirect_uri_mismatch', 'Bad Request');
    }
    if (record.hasChallenge && !form.has('code_verifier')) {
      return oauthError(400, 'invalid_grant', 'Missing code verifier.');
    }
    const response = await this.#ask(client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: record.redirectUri,
      ...(record.hasChallenge ? { code_verifier: form.get('code_verifier') ?? '' } : {}),
    });
    if (!response.ok) return response;
    return this.#issueTokens(response, record);
  }

  async #issueTokens(response: Response, code: CodeRecord): Promise<Response> {
    const { grantStore, settings } = this.#context;
    const issued = (await response.json()) as Record<string, unknown>;
    const { account, clientId, scopes } = code;
    const grant: GoogleGrant = { account, clientId, scopes, alive: true };
    const accessToken = String(issued['access_token']);
    grantStore.addAccessToken(accessToken, grant, settings.accessTokenLifetimeSeconds);
    const refreshToken = code.issuesRefreshToken ? String(issued['refresh_token']) : undefined;
    if (refreshToken !== undefined) grantStore.addRefreshToken(refreshToken, grant);
    const idToken = scopes.includes('openid') ? await this.#signer.sign(code) : undefined;
    return oauthResponse({
      access_token: accessToken,
      expires_in: settings.accessTokenLifetimeSeconds,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      scope: scopes.join(' '),
      token_type: 'Bearer',
      ...(idToken === undefined ? {} : { id_token: idToken }),
    });
  }

  async #refresh(
    exchange: Exchange,
    form: URLSearchParams,
    client: GoogleClient,
  ): Promise<Response> {
    const { grantStore, settings } = this.#context;
    const token = form.get('refresh_token') ?? '';
    exchange.record.tokenHash = fingerprint(token);
    const grant = grantStore.findRefreshToken(token);
    if (grant === undefined || grant.clientId !== client.clientId) {
      return oauthError(400, 'invalid_grant', 'Token has been expired or revoked.');
    }
    note(exchange, grant);
    const response = await this.#ask(client, { grant_type: 'refresh_token', refresh_token: token });
    if (!response.ok) return response;
    const issued = (await response.json()) as Record<string, unknown>;
    const accessToken = String(issued['access_token']);
    grantStore.addAccessToken(accessToken, grant, settings.accessTokenLifetimeSeconds);
    // No refresh token: Google does not rotate, so the old one stays valid.
    return oauthResponse({
      access_token: accessToken,
      expires_in: settings.accessTokenLifetimeSeconds,
      scope: grant.scopes.join(' '),
      token_type: 'Bearer',
    });
  }

  #ask(client: GoogleClient, fields: Record<string, string>): Promise<Response> {
    return this.#context.emulator.call('/oauth2/token', {
      method: 'POST',
      body: new URLSearchParams({
        ...fields,
        client_id: client.clientId,
        client_secret: client.clientSecret,
      }),
    });
  }
}

function note({ record }: Exchange, grant: GoogleGrant): void {
  record.account = grant.account;
  record.clientId = grant.clientId;
}
