import {
  type ExpiresAtRule,
  type GrantFact,
  type GrantFacts,
  type GrantSite,
  readGrantFacts,
} from '@latchkey/oauth-providers';
import { z } from 'zod';
import { type Account, type AccountOrigin, accountAt } from './account.ts';
import { type JsonObject, readParent, readPath } from './http_response.ts';
import { readAccount } from './id_token.ts';
import type { IssuedTokens } from './oauth_error.ts';

/** A grant: the content of a successful token response (RFC 6749 §5.1). */
export interface TokenGrant {
  readonly accessToken: string;
  /** `Bearer` in this spelling, or the literal type of the client configuration. */
  readonly tokenType: string;
  /**
   * Refresh token. `undefined`: none was issued. After a refresh the previous one stays valid (RFC
   * 6749 §6).
   */
  readonly refreshToken: string | undefined;
  /** Seconds from `requestedAt`. `undefined`: absent or not a plausible number. */
  readonly lifetimeSeconds: number | undefined;
  /** Seconds from `requestedAt`. `undefined`: absent or not a plausible number. */
  readonly refreshTokenLifetimeSeconds: number | undefined;
  /** Granted scopes. `undefined`: the response has no `scope`, which means: as requested. */
  readonly scopes: readonly string[] | undefined;
  /**
   * Account of the user, from the token response or the userinfo endpoint. `undefined`: unknown.
   */
  readonly account: Account | undefined;
  /** Source of `account`. Ids of different sources may differ for one account. Absent: unknown. */
  readonly accountSource?: AccountOrigin | undefined;
  /** Grant facts that the provider definition permits. Absent: the provider has none. */
  readonly facts?: GrantFacts | undefined;
  /** Names of facts with a value that the provider definition does not permit. Absent: none. */
  readonly refusedFacts?: readonly string[] | undefined;
  /** Sites that the grant covers. Absent: the provider has no sites, or after a refresh. */
  readonly sites?: readonly GrantSite[] | undefined;
  /** Number of sites that `sites` leaves out, because there are too many. Absent: none. */
  readonly omittedSites?: number | undefined;
  /**
   * Instant at which the tokens were requested. Lifetimes count from it, because the provider may
   * have issued the tokens at any time between the request and its response.
   */
  readonly requestedAt: Date;
  /** Id of the request at the provider, for support cases. `undefined`: the provider sent none. */
  readonly providerRequestId: string | undefined;
}

/** Names and paths of the fields in a provider's token response, and the expected ID token. */
export interface TokenLayout {
  readonly accessTokenPath?: string | undefined;
  readonly tokenTypePath?: string | undefined;
  readonly tokenType?: string | undefined;
  /** Dotted path to the granted scopes. Default: `scope`. */
  readonly scopesPath?: string | undefined;
  /** Separator of scopes, in addition to space and comma. */
  readonly scopeSeparator?: string | undefined;
  /** Where the response states the expiry of the access token. Default: names that are common. */
  readonly expiresAt?: ExpiresAtRule | undefined;
  readonly accountIdPath?: string | undefined;
  readonly accountLabelPath?: string | undefined;
  /** Issuer that an ID token must name. */
  readonly issuer?: string | undefined;
  /** Audience that an ID token must name. */
  readonly clientId?: string | undefined;
  /** Grant facts of the provider. Only facts that the token response names are read. */
  readonly grantFacts?: readonly GrantFact[] | undefined;
}

/** Result of reading a token response. */
export type TokenReading =
  | { readonly outcome: 'grant'; readonly grant: Omit<TokenGrant, 'providerRequestId'> }
  | {
      readonly outcome: 'no_token' | 'unusable_token' | 'unsupported_token_type';
      /**
       * Tokens that the response contains. Its refresh token may be the only copy of a rotated one.
       */
      readonly issuedTokens: IssuedTokens;
    };

const MAX_TOKEN_LENGTH = 64 * 1024;
/**
 * An access token has visible ASCII characters only: any other character would break or split the
 * Authorization header.
 */
const accessTokenSchema = z
  .string()
  .max(MAX_TOKEN_LENGTH)
  .regex(/^[\x21-\x7e]+$/);
/** Some providers send an empty string instead of omitting the token. */
const issuedTokenSchema = z.string().min(1).max(MAX_TOKEN_LENGTH).optional().catch(undefined);

/**
 * Reads a successful token response (RFC 6749 §5.1). Only the access token and its type can make
 * the reading fail. Any other invalid field counts as absent, because the response may contain the
 * only copy of a rotated refresh token.
 * @param context.isRefresh `true`: also accepts a token at the top level where the layout names a
 * nested one (Slack)
 */
export function readTokenGrant(
  body: JsonObject,
  layout: TokenLayout,
  context: { readonly requestedAt: Date; readonly isRefresh: boolean },
): TokenReading {
  const path = layout.accessTokenPath ?? 'access_token';
  const found = readPath(body, path);
  const isFlat = found === undefined && context.isRefresh;
  const accessToken = isFlat ? readPath(body, 'access_token') : found;
  const field = isFlat ? fieldReader(body) : fieldReader(body, readParent(body, path), found);
  const refreshToken = issuedTokenSchema.parse(field('refresh_token'));
  if (accessToken === undefined || accessToken === null || accessToken === '') {
    return { outcome: 'no_token', issuedTokens: { accessToken: undefined, refreshToken } };
  }
  // An ID token names the user (OpenID Connect Core §2), even next to the token of a bot.
  const idToken = field('id_token') ?? body['id_token'];
  // If the configured path leads to another token of the response, that token must not be sent to
  // the API as the access token.
  const isAnotherToken = [refreshToken, idToken, body['refresh_token'], body['id_token']]
    .filter((token) => typeof token === 'string' && token !== '')
    .includes(accessToken);
  const usable = accessTokenSchema.safeParse(isAnotherToken ? undefined : accessToken);
  const issuedTokens = { accessToken: issuedTokenSchema.parse(accessToken), refreshToken };
  if (!usable.success) return { outcome: 'unusable_token', issuedTokens };

  const stated =
    layout.tokenTypePath === undefined ? field('token_type') : readPath(body, layout.tokenTypePath);
  const tokenType = resolveTokenType(layout.tokenType, stated);
  if (tokenType === undefined) return { outcome: 'unsupported_token_type', issuedTokens };
  return {
    outcome: 'grant',
    grant: {
      accessToken: usable.data,
      tokenType,
      refreshToken,
      lifetimeSeconds:
        parseLifetime(field('expires_in')) ??
        lifetimeUntil(body, field, { ...context, rule: layout.expiresAt }),
      refreshTokenLifetimeSeconds:
        parseLifetime(field('refresh_token_expires_in')) ??
        parseLifetime(field('refresh_expires_in')) ??
        parseLifetime(field('x_refresh_token_expires_in')),
      scopes: withoutTokens(
        layout.scopesPath === undefined ? field('scope') : readPath(body, layout.scopesPath),
        { tokens: [usable.data, refreshToken, idToken], separator: layout.scopeSeparator },
      ),
      // The ID token comes first: an editor configures the paths, and could choose one whose value
      // is the same for every account.
      ...accountIn(
        readAccount(idToken, {
          issuer: layout.issuer,
          clientId: layout.clientId,
          now: context.requestedAt,
        }),
        accountAt(body, layout),
      ),
      ...factsIn(body, layout.grantFacts ?? [], [
        usable.data,
        refreshToken,
        ...['access_token', 'refresh_token', 'id_token'].map((name) => body[name]),
      ]),
      requestedAt: context.requestedAt,
    },
  };
}

/**
 * The granted scopes. Scopes are shown to users, so values that equal a token are left out. In a
 * text, this is done before it is split, because a token may contain a separator.
 */
function withoutTokens(
  stated: unknown,
  of: { readonly tokens: readonly unknown[]; readonly separator: string | undefined },
): readonly string[] | undefined {
  const { tokens, separator = ' ' } = of;
  if (typeof stated !== 'string')
    return parseScopes(stated)?.filter((scope) => !tokens.includes(scope));
  const isBoundary = (sign: string | undefined): boolean =>
    sign === undefined || sign === separator || /[\s,]/.test(sign);
  let others = stated;
  for (const token of tokens) {
    if (typeof token !== 'string' || token === '') continue;
    const [first = '', ...parts] = others.split(token);
    others = parts.reduce((before, after) => {
      const isWhole = isBoundary(before.at(-1)) && isBoundary(after[0]);
      return `${before}${isWhole ? ' ' : token}${after}`;
    }, first);
  }
  const scopes = parseScopes(others.split(separator).join(' '));
  // Without scopes, a response means "as requested". A token is not that.
  return others === stated ? scopes : (scopes ?? []);
}

/** Names under which providers state the expiry as an instant. */
const EXPIRY_NAMES = ['expiry', 'expires_at', 'expires_on'];

/** Seconds until the instant that the response states. `undefined`: it states none. */
function lifetimeUntil(
  body: JsonObject,
  field: (name: string) => unknown,
  of: { readonly requestedAt: Date; readonly rule: ExpiresAtRule | undefined },
): number | undefined {
  const { requestedAt, rule } = of;
  if (rule !== undefined) return parseExpiry(readPath(body, rule.path), requestedAt, rule.format);
  return EXPIRY_NAMES.map((name) => parseExpiry(field(name), requestedAt)).find(
    (seconds) => seconds !== undefined,
  );
}

/**
 * The grant facts of a token response. A token is not a fact, wherever the response contains it,
 * because requests to the API carry facts.
 */
function factsIn(
  body: JsonObject,
  grantFacts: readonly GrantFact[],
  tokens: readonly unknown[],
): Pick<TokenGrant, 'facts' | 'refusedFacts'> {
  if (grantFacts.length === 0) return {};
  const { facts: named, refused } = readGrantFacts(grantFacts, 'token_response', body);
  const facts = Object.fromEntries(
    Object.entries(named).filter(([, value]) => !tokens.includes(value)),
  );
  return { facts, ...(refused.length === 0 ? {} : { refusedFacts: refused }) };
}

function accountIn(
  ofIdToken: Account | undefined,
  ofResponse: Account | undefined,
): Pick<TokenGrant, 'account' | 'accountSource'> {
  if (ofIdToken !== undefined) return { account: ofIdToken, accountSource: 'id_token' };
  if (ofResponse !== undefined) return { account: ofResponse, accountSource: 'token_response' };
  return { account: undefined };
}

/** Tokens of a response that also states an error. `undefined`: it contains none. */
export function tokensBesideError(body: JsonObject, layout: TokenLayout): IssuedTokens | undefined {
  const context = { requestedAt: new Date(0), isRefresh: true };
  const reading = readTokenGrant(body, layout, context);
  const { accessToken, refreshToken } =
    reading.outcome === 'grant' ? reading.grant : reading.issuedTokens;
  if (accessToken === undefined && refreshToken === undefined) return undefined;
  return { accessToken, refreshToken };
}

/**
 * Reads fields of a response. Fields beside a nested access token come first, because they describe
 * this token. The top level comes second. If it has another access token, such as that of a bot,
 * its fields describe that token and are not read: with its refresh token, the next refresh would
 * return the token of the bot for every user.
 * @param beside the object that contains the nested access token. Default: none
 */
function fieldReader(
  body: JsonObject,
  beside: JsonObject = {},
  nestedToken?: unknown,
): (name: string) => unknown {
  const ownField = (owner: JsonObject, name: string): unknown =>
    Object.hasOwn(owner, name) ? owner[name] : undefined;
  const topToken = ownField(body, 'access_token');
  const isOfAnotherToken =
    isPresent(nestedToken) && isPresent(topToken) && topToken !== nestedToken;
  return (name) => {
    const near = ownField(beside, name);
    return isPresent(near) || isOfAnotherToken ? near : ownField(body, name);
  };
}

const isPresent = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '';

/** RFC 9110 §5.6.2: characters that may stand before the token in an Authorization header. */
const AUTH_SCHEME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

/**
 * Determines the scheme under which an access token is sent.
 * @param declared literal type of the client configuration; overrides `stated`
 * @param stated `token_type` of the response
 * @returns `undefined`: an unknown type, so the token must not be used (RFC 6749 §7.1)
 */
export function resolveTokenType(
  declared: string | undefined,
  stated: unknown,
): string | undefined {
  if (declared !== undefined && declared !== '') {
    if (declared.toLowerCase() === 'bearer') return 'Bearer';
    return AUTH_SCHEME.test(declared) ? declared : undefined;
  }
  // RFC 6749 §5.1 requires the type, but many providers omit it. Rejecting the response would lose
  // a rotated refresh token, whereas a wrong type costs only one 401. So a missing type means
  // Bearer.
  if (stated === undefined || stated === null || stated === '') return 'Bearer';
  // RFC 6749 §5.1: the value is case-insensitive.
  if (typeof stated === 'string' && stated.trim().toLowerCase() === 'bearer') return 'Bearer';
  return undefined;
}

/** A century. A larger number is a mistake (10^12 has been seen), not a lifetime. */
const MAX_LIFETIME_SECONDS = 100 * 366 * 24 * 60 * 60;

/**
 * Whole seconds from a number or a numeric string. Zero, negative and huge values count as absent:
 * an invalid lifetime must not lose the token.
 */
const lifetime = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d{1,20}(\.\d{1,20})?\s*$/)
      .transform(Number),
  ])
  .pipe(z.number().min(1).max(MAX_LIFETIME_SECONDS).transform(Math.floor))
  .optional()
  .catch(undefined);

/** A lifetime in seconds (RFC 6749 §5.1). `undefined`: absent or not a plausible number. */
export function parseLifetime(value: unknown): number | undefined {
  return lifetime.parse(value);
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;
const NUMBER = /^\d{1,16}(\.\d{1,9})?$/;
/** As seconds since 1970, the year 2001; smaller numbers are not instants. */
const MIN_EPOCH_SECONDS = 1e9;
/** As seconds since 1970, the year 5138; as milliseconds, 1973. */
const MIN_EPOCH_MS = 1e11;

/**
 * Converts an absolute expiry to seconds from `requestedAt`: an instant of RFC 3339, as services
 * written in Go send it, or the seconds or milliseconds since 1970, as number or text. Go's zero
 * time (year 1) means "none"; like any instant in the past it counts as absent.
 * @param format that the value must have. Absent: it is recognized
 */
export function parseExpiry(
  value: unknown,
  requestedAt: Date,
  format?: ExpiresAtRule['format'],
): number | undefined {
  const ms = epochMsOf(value, format);
  return ms === undefined ? undefined : parseLifetime((ms - requestedAt.getTime()) / 1000);
}

function epochMsOf(
  value: unknown,
  format: ExpiresAtRule['format'] | undefined,
): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > 64) return undefined;
  if (NUMBER.test(text)) {
    const count = Number(text);
    if (format === 'epoch_ms') return count;
    if (format === 'epoch_seconds') return count * 1000;
    if (format === 'iso_time' || count < MIN_EPOCH_SECONDS) return undefined;
    return count < MIN_EPOCH_MS ? count * 1000 : count;
  }
  const isInstant = ISO_INSTANT.test(text) && (format ?? 'iso_time') === 'iso_time';
  return isInstant ? Date.parse(text) : undefined;
}

/**
 * Max number of scopes, as in the saved-object schema. A longer list is cut, so that it cannot make
 * saving the tokens fail.
 */
const MAX_SCOPES = 200;
const MAX_SCOPE_LENGTH = 512;

/**
 * A scope (RFC 6749 §3.3). Another character could make users see another name, and no connector
 * can request a scope that contains one.
 */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const scopes = z
  .union([z.string().transform((text) => text.split(/[\s,]+/)), z.array(z.string())])
  .transform((list) =>
    list
      .filter((scope) => SCOPE_TOKEN.test(scope) && scope.length <= MAX_SCOPE_LENGTH)
      .slice(0, MAX_SCOPES),
  )
  .transform((list) => (list.length === 0 ? undefined : list))
  .optional()
  .catch(undefined);

/**
 * Scopes separated by spaces (RFC 6749 §3.3) or, as GitHub and Slack send them, by commas. Leaves
 * out scopes with characters that the RFC does not permit.
 * @returns `undefined`: the value is absent or empty, which means "as requested" in a token
 *   response (RFC 6749 §5.1)
 */
export function parseScopes(value: unknown): readonly string[] | undefined {
  return scopes.parse(value);
}
