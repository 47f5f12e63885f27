import { calculatePKCECodeChallenge } from 'oauth4webapi';
import type { StandardClient } from './client.ts';

/** Source of cryptographically strong random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * The part of an authorization request that differs between requests of one client (RFC 6749
 * §4.1.1, RFC 7636 §4.3).
 */
export interface AuthorizationRequest {
  /** Redirect URI of the client, repeated unchanged in the code exchange (RFC 6749 §4.1.3). */
  readonly redirectUri: string;
  readonly state: string;
  /** S256 challenge of the code verifier. */
  readonly codeChallenge: string;
  /**
   * Extra parameters of the provider. Parameters of the configured URL override them. They are not
   * sent to EARS, which itself knows the parameters of its providers.
   */
  readonly providerParams?: Readonly<Record<string, string>> | undefined;
  /**
   * Email address of the account to preselect (OpenID Connect Core §3.1.2.1). Sent only to
   * providers that support it; a value in the configured URL overrides it.
   */
  readonly loginHint?: string | undefined;
}

/**
 * Form of the authorization response: the query of a redirect, or a form that the browser posts.
 */
export type ResponseMode = 'query' | 'form_post';

const STATE_BYTES = 32;

/** Creates a `state` value: 256 random bits as 43 base64url characters (RFC 6749 §10.12). */
export function createState(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(STATE_BYTES)).toString('base64url');
}

/**
 * PKCE code verifier and challenge of one authorization. The verifier stays on the server until the
 * code exchange; only the challenge enters a URL.
 */
export interface PkcePair {
  /** 128 base64url characters, the maximum of RFC 7636 §4.1. */
  readonly codeVerifier: string;
  /** Base64url of the SHA-256 of the verifier. The method `plain` is not supported. */
  readonly codeChallenge: string;
}

/** 96 bytes are exactly 128 base64url characters, the maximum of RFC 7636 §4.1. */
const VERIFIER_BYTES = 96;

/** Creates a verifier and its challenge (RFC 7636 §4.1, §4.2, method S256). */
export async function createPkcePair(randomBytes: RandomBytes): Promise<PkcePair> {
  const codeVerifier = Buffer.from(randomBytes(VERIFIER_BYTES)).toString('base64url');
  return { codeVerifier, codeChallenge: await calculatePKCECodeChallenge(codeVerifier) };
}

/** Parameters that this client sets (RFC 6749 §4.1.1, RFC 7636 §4.3). */
const SET_BY_CLIENT = [
  'client_id',
  'response_type',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
];

/**
 * Parameters that replace or add to the others: OpenID Connect Core §5.5 and §6, RFC 9101, RFC
 * 9126, RFC 9396.
 */
const REPLACE_OTHERS = ['claims', 'request', 'request_uri', 'authorization_details'];

/**
 * Parameters that request permissions: OAuth 2.0 (RFC 6749 §3.3), Slack, HubSpot, Discord. The last
 * one adds all permissions that the user granted to the same client before (Google).
 */
const SCOPES = [
  ...['scope', 'scopes', 'user_scope', 'bot_scope', 'optional_scope', 'permissions'],
  'include_granted_scopes',
];

/**
 * Parameters that the configured URL must not contain. Users are shown the scope of the client, so
 * they would not see permissions that such a parameter requests.
 */
const NOT_IN_URL: ReadonlySet<string> = new Set([...SET_BY_CLIENT, ...REPLACE_OTHERS, ...SCOPES]);

/**
 * Parameters that cannot carry the scope, because the scope would replace a parameter that this
 * client sets.
 */
const NOT_FOR_SCOPES: ReadonlySet<string> = new Set([
  ...SET_BY_CLIENT,
  ...REPLACE_OTHERS,
  'response_mode',
]);

/** Name of the parameter that carries the scope of a client. */
export function scopeParameterOf({ scopeParamName, provider }: StandardClient): string {
  return scopeParamName ?? provider?.authorize?.scope.parameter ?? 'scope';
}

/**
 * Parameter names that the configured authorization URL must not contain, and the configured scope
 * parameter when it must not carry the scope. Some servers ignore case, so this does too.
 */
export function refusedAuthorizationParams(client: StandardClient): readonly string[] {
  const { authorizationEndpoint } = client;
  const scopeParamName = scopeParameterOf(client);
  const inUrl = [...(URL.parse(authorizationEndpoint)?.searchParams.keys() ?? [])].filter((name) =>
    isRefusedParam(name, scopeParamName),
  );
  const isRefusedName = NOT_FOR_SCOPES.has(scopeParamName.toLowerCase());
  return [...new Set(isRefusedName ? [...inUrl, scopeParamName] : inUrl)];
}

/**
 * Returns `true` for a parameter that this server sets itself. Neither the configured URL nor the
 * settings of a provider may contain it.
 */
export function isRefusedParam(name: string, scopeParamName = 'scope'): boolean {
  return namesReadFrom(name).some(
    (one) => NOT_IN_URL.has(one) || one === scopeParamName.toLowerCase(),
  );
}

/**
 * Returns the names that a server may read from the name of a parameter. Some servers ignore case,
 * blanks and control characters, and read `scope[]` as a list and `;` as `&`.
 */
export function namesReadFrom(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split(/[;=]/)
    .map((one) => one.replace(/\[.*$|[^\w.-]/g, ''));
}
