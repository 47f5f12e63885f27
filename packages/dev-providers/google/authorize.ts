import { escapeHtml } from '@latchkey/core/common';
import { consentForm, type Exchange, formOf, htmlPage } from '../http/index.ts';
import { OneTimeValues } from '../oauth/index.ts';
import { users } from '../users.ts';
import { findClient, type GoogleClient } from './clients.ts';
import type { GoogleContext } from './google_context.ts';
import type { GoogleOwner } from './google_grants.ts';

/**
 * One authorization of a user. `@emulators/google` trusts the hidden fields of its forms, so the
 * values are kept here instead.
 */
interface Transaction {
  readonly client: GoogleClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
  readonly offline: boolean;
  readonly asksAgain: boolean;
  /** Account that the user chose on the first page. `undefined` before. */
  account: string | undefined;
}

const TRANSACTION_MS = 10 * 60_000;
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

const page = (status: number, title: string, body: string): Response =>
  new Response(htmlPage(title, body), {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });

/**
 * Returns an error page for the user. No response is sent to a redirect URI that was not checked
 * (RFC 6749 §4.1.2.1).
 */
const refusal = (code: string, text: string): Response =>
  page(400, 'Access blocked', `<p>${escapeHtml(text)}</p><p>Error 400: ${escapeHtml(code)}</p>`);

/**
 * Authorization endpoint and its two pages: choosing an account (a page of the library), then
 * consent (a page of this emulator).
 */
export class AuthorizePages {
  readonly #context: GoogleContext;
  readonly #transactions: OneTimeValues<Transaction>;

  constructor(context: GoogleContext) {
    this.#context = context;
    this.#transactions = new OneTimeValues({ lifetimeMs: TRANSACTION_MS, now: context.now });
  }

  /** Serves `GET /o/oauth2/v2/auth`. */
  async start(exchange: Exchange): Promise<Response> {
    const query = exchange.url.searchParams;
    const client = findClient(query.get('client_id') ?? '');
    if (client === undefined) return refusal('invalid_client', 'The OAuth client was not found.');
    exchange.record.clientId = client.clientId;
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!this.#context.isCallbackAllowed(redirectUri)) {
      return refusal('redirect_uri_mismatch', 'The redirect URI is not registered for this app.');
    }
    const problem = this.#problemOf(query);
    if (problem !== undefined) return refusal('invalid_request', problem);
    this.#context.emulator.allowRedirect(client.clientId, redirectUri);
    const id = this.#transactions.add({
      client,
      redirectUri,
      scopes: (query.get('scope') ?? '').split(' ').filter((scope) => scope !== ''),
      state: query.get('state') ?? undefined,
      nonce: query.get('nonce') ?? undefined,
      challenge: query.get('code_challenge') ?? undefined,
      offline: query.get('access_type') === 'offline',
      asksAgain: (query.get('prompt') ?? '').split(' ').includes('consent'),
      account: undefined,
    });
    const chooser = new URLSearchParams({
      client_id: client.clientId,
      redirect_uri: redirectUri,
      // The form returns only this id; all its other fields are ignored.
      state: id,
    });
    return this.#context.emulator.call(`/o/oauth2/v2/auth?${chooser}`);
  }

  /** Serves `POST /o/oauth2/v2/auth/callback`, which the account page posts. */
  async chooseAccount(exchange: Exchange): Promise<Response> {
    const form = formOf(exchange);
    const id = form.get('state') ?? '';
    const transaction = this.#transactions.find(id);
    const account = form.get('email') ?? '';
    const isKnown = Object.values(users).some((user) => user.email === account);
    if (transaction === undefined || !isKnown) return refusal('invalid_request', 'Start again.');
    transaction.account = account;
    this.#record(exchange, transaction);
    const { client, scopes, asksAgain } = transaction;
    if (!asksAgain && this.#context.consents.has(this.#ownerOf(transaction, false)))
      return this.#finish(id, transaction, false);
    const list = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
    return page(
      200,
      `${client.name} wants access`,
      `<p>Signed in as ${escapeHtml(account)}. This allows:</p><ul>${list}</ul>
${consentForm('/o/oauth2/v2/auth/consent', { transaction: id })}`,
    );
  }

  /** Serves `POST /o/oauth2/v2/auth/consent`, which the consent page posts. */
  async decide(exchange: Exchange): Promise<Response> {
    const form = formOf(exchange);
    const id = form.get('transaction') ?? '';
    const transaction = this.#transactions.find(id);
    if (transaction?.account === undefined) return refusal('invalid_request', 'Start again.');
    this.#record(exchange, transaction);
    if (form.get('decision') === 'allow') return this.#finish(id, transaction, true);
    this.#transactions.take(id);
    exchange.record.error = 'access_denied';
    const { redirectUri, state } = transaction;
    const iss = this.#context.settings.issuer;
    return redirect(redirectUri, { error: 'access_denied', state, iss });
  }

  #finish(id: string, transaction: Transaction, askedForConsent: boolean): Response {
    this.#transactions.take(id);
    const { consents, server, settings } = this.#context;
    const { redirectUri, scopes, state, challenge } = transaction;
    const owner = this.#ownerOf(transaction, askedForConsent);
    consents.add(owner);
    const code = server.issueCode({ owner, redirectUri, challenge, offline: owner.offline });
    return redirect(redirectUri, {
      code,
      state,
      iss: settings.issuer,
      scope: scopes.join(' '),
      authuser: '0',
      prompt: askedForConsent ? 'consent' : 'none',
    });
  }

  /**
   * Returns the owner of the grant. Google issues a refresh token only to offline apps, and only if
   * the user was asked for consent.
   */
  #ownerOf(transaction: Transaction, askedForConsent: boolean): GoogleOwner {
    const { client, scopes, nonce, offline, account = '' } = transaction;
    const { refreshTokenOnlyAfterConsent } = this.#context.settings;
    return {
      account,
      clientId: client.clientId,
      scopes,
      nonce,
      offline: offline && (askedForConsent || !refreshTokenOnlyAfterConsent),
    };
  }

  #problemOf(query: URLSearchParams): string | undefined {
    if (query.get('response_type') !== 'code') return 'Only response_type=code is supported.';
    if ((query.get('scope') ?? '').trim() === '') return 'Missing required parameter: scope';
    const challenge = query.get('code_challenge');
    if (challenge === null) {
      return this.#context.settings.requirePkce
        ? 'Missing required parameter: code_challenge'
        : undefined;
    }
    if (query.get('code_challenge_method') !== 'S256' || !S256_CHALLENGE.test(challenge)) {
      return 'Invalid code challenge.';
    }
    return undefined;
  }

  #record({ record }: Exchange, transaction: Transaction): void {
    record.account = transaction.account;
    record.clientId = transaction.client.clientId;
  }
}

function redirect(
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): Response {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) target.searchParams.set(name, value);
  return new Response(null, {
    status: 302,
    headers: { location: target.toString(), 'cache-control': 'no-store' },
  });
}
