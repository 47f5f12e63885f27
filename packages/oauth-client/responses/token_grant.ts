import { z } from 'zod';
import type { IssuedTokens, TokenGrant } from '../types.ts';
import { accountAt, readAccount } from './account.ts';
import { readParent, readPath } from './dotted_path.ts';
import { parseExpiry, parseLifetime } from './lifetime.ts';
import { parseScopes } from './scopes.ts';
import { resolveTokenType } from './token_type.ts';

/** Where a provider puts things; from the connector's configuration. */
export interface TokenLayout {
  readonly accessTokenPath?: string | undefined;
  readonly tokenTypePath?: string | undefined;
  readonly tokenType?: string | undefined;
  readonly accountIdPath?: string | undefined;
  readonly accountLabelPath?: string | undefined;
  /** Expected in an ID token. */
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
}

/** What reading a token answer can come to. */
export type TokenReading =
  | { readonly outcome: 'grant'; readonly grant: Omit<TokenGrant, 'providerRequestId'> }
  | {
      readonly outcome: 'no_token' | 'unusable_token' | 'unsupported_token_type';
      /** The refresh token may be the only copy of a rotated one. */
      readonly issuedTokens: IssuedTokens;
    };

/** Tokens of a response that states an error as well. `undefined`: it has none. */
export function tokensBesideError(body: Body, layout: TokenLayout): IssuedTokens | undefined {
  const context = { receivedAt: new Date(0), isRefresh: true };
  const reading = readTokenGrant(body, layout, context);
  const { accessToken, refreshToken } =
    reading.outcome === 'grant' ? reading.grant : reading.issuedTokens;
  if (accessToken === undefined && refreshToken === undefined) return undefined;
  return { accessToken, refreshToken };
}

const MAX_TOKEN_LENGTH = 64 * 1024;
/** Visible ASCII only: white space or a control character would break, or split, the Authorization header. */
const accessTokenSchema = z
  .string()
  .max(MAX_TOKEN_LENGTH)
  .regex(/^[\x21-\x7e]+$/);
/** An empty string means none came (seen in the wild), so that the old one is kept. */
const issuedTokenSchema = z.string().min(1).max(MAX_TOKEN_LENGTH).optional().catch(undefined);

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads a successful token answer (RFC 6749 §5.1). Only the access token and its type can fail: every other field that is bad is treated
 * as absent, because the answer may carry the only copy of a rotated refresh token.
 * @param isRefresh a refresh may answer at the top level even where the exchange answers nested (Slack)
 */
export function readTokenGrant(
  body: Body,
  layout: TokenLayout,
  context: { readonly receivedAt: Date; readonly isRefresh: boolean },
): TokenReading {
  const path = layout.accessTokenPath ?? 'access_token';
  const found = readPath(body, path);
  const isFlat = found === undefined && context.isRefresh;
  const accessToken = isFlat ? readPath(body, 'access_token') : found;
  const field = fieldReader(body, isFlat ? undefined : readParent(body, path));
  const refreshToken = issuedTokenSchema.parse(field('refresh_token'));
  if (accessToken === undefined || accessToken === null || accessToken === '') {
    return { outcome: 'no_token', issuedTokens: { accessToken: undefined, refreshToken } };
  }
  // A path that leads to another token would send it to the API as the access token.
  const isAnotherToken = [refreshToken, field('id_token'), body['refresh_token'], body['id_token']]
    .filter((token) => typeof token === 'string' && token !== '')
    .includes(accessToken);
  const usable = accessTokenSchema.safeParse(isAnotherToken ? undefined : accessToken);
  const issuedTokens = { accessToken: issuedTokenSchema.parse(accessToken), refreshToken };
  if (!usable.success) return { outcome: 'unusable_token', issuedTokens };

  const answeredType =
    layout.tokenTypePath === undefined ? field('token_type') : readPath(body, layout.tokenTypePath);
  const tokenType = resolveTokenType(layout.tokenType, answeredType);
  if (tokenType === undefined) return { outcome: 'unsupported_token_type', issuedTokens };
  return {
    outcome: 'grant',
    grant: {
      accessToken: usable.data,
      tokenType,
      refreshToken,
      lifetimeSeconds:
        parseLifetime(field('expires_in')) ??
        parseExpiry(field('expiry'), context.receivedAt) ??
        parseExpiry(field('expires_at'), context.receivedAt),
      refreshTokenLifetimeSeconds:
        parseLifetime(field('refresh_token_expires_in')) ??
        parseLifetime(field('refresh_expires_in')) ??
        parseLifetime(field('x_refresh_token_expires_in')),
      scopes: parseScopes(field('scope')),
      // The ID token comes first: an editor chooses the paths, and could choose one whose value is
      // the same for every account.
      account:
        readAccount(field('id_token'), {
          issuer: layout.issuer,
          clientId: layout.clientId,
          now: context.receivedAt,
        }) ?? accountAt(body, layout),
      receivedAt: context.receivedAt,
    },
  };
}

/** Fields beside a nested access token describe that token; the top level may describe another one and comes second. */
function fieldReader(body: Body, beside: Body | undefined): (name: string) => unknown {
  return (name) => {
    const near = beside !== undefined && Object.hasOwn(beside, name) ? beside[name] : undefined;
    if (near !== undefined && near !== null && near !== '') return near;
    return Object.hasOwn(body, name) ? body[name] : undefined;
  };
}
