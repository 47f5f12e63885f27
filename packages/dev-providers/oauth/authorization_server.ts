import { fingerprint } from '../faults/index.ts';
import { type Exchange, formOf } from '../http/index.ts';
import { challengeOf, credentialsOf, isSameSecret } from './credentials.ts';
import type { Grant, GrantOwner, Grants, IssuedTokens, RevocationReach } from './grants.ts';
import { OneTimeValues } from './one_time_values.ts';

/** An authorization that was granted and whose code was not exchanged yet. */
export interface PendingCode<O extends GrantOwner> {
  readonly owner: O;
  /**
   * Redirect URI of the flow, which must be repeated byte by byte (RFC 6749 §4.1.3). `undefined`:
   * the URI is not checked.
   */
  readonly redirectUri?: string | undefined;
  /** S256 challenge (RFC 7636). `undefined`: the authorization request had none. */
  readonly challenge?: string | undefined;
  /** `true`: the app gets a refresh token. Default: `true`. */
  readonly offline?: boolean | undefined;
}

/** Response of the token or revocation endpoint. */
export interface OAuthReply<O extends GrantOwner> {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The grant that the request concerned. `undefined`: none was found. */
  readonly grant?: Grant<O> | undefined;
  /** Result of a refresh. Absent for other requests. */
  readonly result?: 'rotated' | 'reuse' | 'refused';
}

/** Rules in which providers differ. */
export interface ServerRules<O extends GrantOwner> {
  readonly grants: Grants<O>;
  readonly now: () => Date;
  /**
   * Returns the secret of a client. `undefined`: the client is unknown. Default: clients do not
   * authenticate.
   */
  readonly secretOf?: ((clientId: string) => string | undefined) | undefined;
  /** Returns the lifetime of new access tokens in seconds. Default: one hour. */
  readonly lifetimeSeconds?: (() => number) | undefined;
  /** Returns more fields of a token response. `isFirst`: `true` for the response to a code. */
  readonly describe?: ((grant: Grant<O>, isFirst: boolean) => object | Promise<object>) | undefined;
  /** Owner of tokens for `client_credentials`. Default: the grant type is refused. */
  readonly shared?: O | undefined;
  /** Returns which tokens a revocation ends. Default: `token`. */
  readonly revocationReach?: (() => RevocationReach) | undefined;
  /** `true`: unknown tokens get 400, which RFC 7009 §2.2 does not allow. Default: `false`. */
  readonly refusesUnknownTokens?: boolean | undefined;
  /** Error code for a redirect URI that differs from that of the flow. Default: `invalid_grant`. */
  readonly redirectUriError?: string | undefined;
  readonly newCode?: (() => string) | undefined;
}

const CODE_MS = 10 * 60_000;

/** Token and revocation endpoints of a test provider, without their transport. */
export class AuthorizationServer<O extends GrantOwner> {
  readonly #rules: ServerRules<O>;
  readonly #codes: OneTimeValues<PendingCode<O>>;

  constructor(rules: ServerRules<O>) {
    this.#rules = rules;
    const { now, newCode: newKey } = rules;
    this.#codes = new OneTimeValues({ lifetimeMs: CODE_MS, now, newKey });
  }

  /** Issues a code, as after the consent of a user. It can be exchanged once. */
  issueCode(code: PendingCode<O>): string {
    return this.#codes.add(code);
  }

  /** Serves a request to the token endpoint and completes its record. */
  async serveToken(exchange: Exchange): Promise<OAuthReply<O>> {
    const credentials = credentialsOf(exchange);
    if (credentials === undefined) return refusal(400, 'invalid_request');
    const { id, secret } = credentials;
    const expected = this.#rules.secretOf?.(id);
    if (this.#rules.secretOf !== undefined) {
      if (expected !== undefined) exchange.record.clientId = id;
      if (expected === undefined || !isSameSecret(secret, expected))
        return completed(exchange, refusal(401, 'invalid_client'));
    }
    const clientId = expected === undefined ? undefined : id;
    return completed(exchange, await this.respondToToken(formOf(exchange), clientId));
  }

  /** Serves a request to the revocation endpoint and completes its record. */
  serveRevocation(exchange: Exchange): OAuthReply<O> {
    const token = formOf(exchange).get('token') ?? exchange.url.searchParams.get('token') ?? '';
    exchange.record.tokenHash = fingerprint(token);
    const grant = this.#rules.grants.revoke(token, this.#rules.revocationReach?.());
    return completed(
      exchange,
      grant === undefined && this.#rules.refusesUnknownTokens === true
        ? refusal(400, 'invalid_token')
        : { status: 200, body: {}, grant },
    );
  }

  /**
   * Responds to a token request.
   * @param clientId the authenticated client; `undefined`: clients do not authenticate
   */
  async respondToToken(
    form: URLSearchParams,
    clientId: string | undefined,
  ): Promise<OAuthReply<O>> {
    const { grants, shared } = this.#rules;
    const lifetimeSeconds = this.#rules.lifetimeSeconds?.() ?? 3600;
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#exchangeCode(form, clientId, lifetimeSeconds);
      case 'refresh_token': {
        const token = form.get('refresh_token') ?? '';
        const refreshed = grants.refresh(token, clientId, { lifetimeSeconds });
        const { result, grant } = refreshed;
        if (refreshed.result !== 'rotated')
          return { ...refusal(400, 'invalid_grant'), grant, result };
        return { ...(await this.#success(refreshed.grant, refreshed.tokens, false)), result };
      }
      case 'client_credentials': {
        if (shared === undefined) return refusal(400, 'unsupported_grant_type');
        const grant = grants.open(shared);
        const tokens = grants.issue(grant, { lifetimeSeconds, offline: false });
        return this.#success(grant, tokens, true);
      }
      default:
        return refusal(400, 'unsupported_grant_type');
    }
  }

  async #exchangeCode(
    form: URLSearchParams,
    clientId: string | undefined,
    lifetimeSeconds: number,
  ): Promise<OAuthReply<O>> {
    const { grants, redirectUriError = 'invalid_grant' } = this.#rules;
    const code = this.#codes.take(form.get('code') ?? '');
    if (code === undefined) return refusal(400, 'invalid_grant');
    const { owner, redirectUri, challenge, offline = true } = code;
    if (clientId !== undefined && owner.clientId !== clientId) return refusal(400, 'invalid_grant');
    if (redirectUri !== undefined && form.get('redirect_uri') !== redirectUri)
      return refusal(400, redirectUriError);
    if (challenge !== undefined && challengeOf(form.get('code_verifier') ?? '') !== challenge)
      return refusal(400, 'invalid_grant');
    const grant = grants.open(owner);
    return this.#success(grant, grants.issue(grant, { lifetimeSeconds, offline }), true);
  }

  async #success(
    grant: Grant<O>,
    { accessToken, refreshToken, lifetimeSeconds }: IssuedTokens,
    isFirst: boolean,
  ): Promise<OAuthReply<O>> {
    const body = {
      access_token: accessToken,
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      ...(await this.#rules.describe?.(grant, isFirst)),
    };
    return { status: 200, body, grant };
  }
}

const refusal = (status: number, error: string) => ({ status, body: { error } });

function completed<O extends GrantOwner>(exchange: Exchange, reply: OAuthReply<O>): OAuthReply<O> {
  const { record } = exchange;
  const token = formOf(exchange).get('refresh_token');
  if (token !== null) record.tokenHash = fingerprint(token);
  if (reply.grant !== undefined) {
    record.account = reply.grant.account;
    record.clientId = reply.grant.clientId;
  }
  if (typeof reply.body['error'] === 'string') record.error = reply.body['error'];
  return reply;
}
