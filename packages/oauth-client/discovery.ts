import { discoveryRequest } from 'oauth4webapi';
import { z } from 'zod';
import { readResponse } from './http_response.ts';
import { hostOf, OAuthError } from './oauth_error.ts';
import { libraryOptions, type ProtocolIo } from './protocol_io.ts';

/** Metadata of an authorization server that a client uses (RFC 8414 §2). */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Revocation endpoint (RFC 7009). `undefined`: the server cannot revoke tokens. */
  readonly revocationEndpoint: string | undefined;
  /** Userinfo endpoint (OpenID Connect Core §5.3). `undefined`: the server has none. */
  readonly userinfoEndpoint: string | undefined;
  /**
   * `true`: the metadata was found at the root of the issuer's origin (RFC 8414 §3.1), so the
   * operator of the origin published it. Metadata below the path of the issuer may come from a user
   * of the origin.
   */
  readonly isPublishedByOrigin: boolean;
  /** `true`: the server sends `iss` in every authorization response (RFC 9207 §3). */
  readonly issuerRequiredInResponse: boolean;
  /**
   * Authentication methods of the token endpoint. `undefined`: not listed, which means
   * `client_secret_basic` (RFC 8414 §2).
   */
  readonly tokenEndpointAuthMethods: readonly string[] | undefined;
  /** Scopes that clients may request. `undefined`: not listed. Lists may be incomplete. */
  readonly scopes: readonly string[] | undefined;
}

/** Foreign issuers that are safe to display: short http(s) URLs of printable ASCII. */
const DISPLAYABLE = /^https?:\/\/[\x21-\x7e]{1,248}$/;

/** The metadata at an issuer's address describes another issuer. Code `issuer_mismatch`. */
export class MetadataMismatch extends OAuthError {
  /**
   * Issuer that the metadata names. No other part of a provider's response is displayed: an
   * administrator has to compare both issuers. `undefined`: not safe to display.
   */
  readonly foundIssuer: string | undefined;

  constructor(issuer: string, found: string) {
    super(
      'issuer_mismatch',
      'misconfigured',
      `The metadata found at ${hostOf(issuer)} describes a different issuer than the configured one.`,
    );
    this.foundIssuer = DISPLAYABLE.test(found) ? found : undefined;
  }
}

const endpoint = z.url({ protocol: /^https?$/ }).max(2048);
const names = z.array(z.string().max(200)).max(200).optional();

/**
 * The issuer is parsed before the other members, so that the document of another issuer is always
 * reported as such.
 */
const issuerOnly = z.object({ issuer: z.string().min(1).max(2048) });

/** Members of the metadata (RFC 8414 §2). Unknown members are dropped. */
const metadata = z.object({
  ...issuerOnly.shape,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  revocation_endpoint: endpoint.optional().catch(undefined),
  userinfo_endpoint: endpoint.optional().catch(undefined),
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
  code_challenge_methods_supported: names,
  token_endpoint_auth_methods_supported: names.catch(undefined),
  scopes_supported: names.catch(undefined),
});

/**
 * Fetches the metadata of an authorization server, first at the location of OpenID Connect
 * Discovery §4, then at that of RFC 8414 §3. Metadata below the path of the issuer that names
 * endpoints on other origins is replaced by metadata at the root of the origin, if there is any.
 * `io.fetch` limits size, time and redirects.
 * @throws MetadataMismatch when the document describes another issuer; OAuthError
 * `pkce_s256_unsupported` when it lists PKCE methods without S256, `provider_error` when it is
 * absent or invalid, and the errors of a failed request
 */
export async function discoverMetadata(issuer: string, io: ProtocolIo): Promise<ServerMetadata> {
  const url = URL.parse(issuer);
  if (url === null) throw unusable(issuer, 'is not a valid issuer URL');
  const belowPath = await fetchDocument(url, 'oidc', io);
  const document = belowPath ?? (await fetchDocument(url, 'oauth2', io));
  if (document === undefined) throw unusable(issuer, 'publishes no metadata');
  const stated = parseMetadata(issuer, document);
  const isAtRoot = belowPath === undefined || url.pathname === '/';
  const ofOrigin =
    isAtRoot || namesOwnOriginOnly(url, stated) ? undefined : await metadataAtRoot(issuer, io);
  const found = ofOrigin ?? stated;
  // RFC 9700 §2.1.1: never fall back to `plain`. A server without the list may support S256, which
  // is always sent.
  if (found.code_challenge_methods_supported?.includes('S256') === false) {
    throw new OAuthError(
      'pkce_s256_unsupported',
      'misconfigured',
      `${hostOf(issuer)} does not support the PKCE method S256.`,
    );
  }
  return {
    issuer: found.issuer,
    authorizationEndpoint: found.authorization_endpoint,
    tokenEndpoint: found.token_endpoint,
    revocationEndpoint: found.revocation_endpoint,
    userinfoEndpoint: found.userinfo_endpoint,
    isPublishedByOrigin: isAtRoot || ofOrigin !== undefined,
    issuerRequiredInResponse: found.authorization_response_iss_parameter_supported === true,
    tokenEndpointAuthMethods: found.token_endpoint_auth_methods_supported,
    scopes: found.scopes_supported,
  };
}

/**
 * Parses a metadata document of the issuer.
 * @throws MetadataMismatch; OAuthError `provider_error`
 */
function parseMetadata(issuer: string, document: unknown): z.infer<typeof metadata> {
  ensureSameIssuer(issuer, document);
  const parsed = metadata.safeParse(document);
  if (!parsed.success) throw unusable(issuer, 'publishes invalid metadata');
  return parsed.data;
}

/**
 * Returns `true` if all endpoints are on the origin of the issuer. Such metadata sends tokens to no
 * other origin, so it does not matter who published it.
 */
function namesOwnOriginOnly({ origin }: URL, stated: z.infer<typeof metadata>): boolean {
  const { authorization_endpoint, token_endpoint, revocation_endpoint, userinfo_endpoint } = stated;
  return [authorization_endpoint, token_endpoint, revocation_endpoint, userinfo_endpoint].every(
    (endpoint) => endpoint === undefined || URL.parse(endpoint)?.origin === origin,
  );
}

/**
 * Fetches the metadata at the root of the origin. `undefined`: the origin publishes none for this
 * issuer, or it cannot be fetched.
 */
async function metadataAtRoot(
  issuer: string,
  io: ProtocolIo,
): Promise<z.infer<typeof metadata> | undefined> {
  try {
    const document = await fetchDocument(new URL(issuer), 'oauth2', io);
    return document === undefined ? undefined : parseMetadata(issuer, document);
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

/**
 * Throws if the document names another issuer. RFC 8414 §3.3: the issuer MUST be identical; else
 * the document may be for another server.
 */
function ensureSameIssuer(issuer: string, document: unknown): void {
  const parsed = issuerOnly.safeParse(document);
  if (!parsed.success || parsed.data.issuer === issuer) return;
  throw new MetadataMismatch(issuer, parsed.data.issuer);
}

async function fetchDocument(
  issuer: URL,
  algorithm: 'oidc' | 'oauth2',
  io: ProtocolIo,
): Promise<unknown> {
  const found = await discoveryRequest(issuer, { algorithm, ...libraryOptions(io) });
  // RFC 8414 §3.2 requires JSON. Hosts that accept uploads of their users serve the uploads as
  // text.
  const contentType = found.headers.get('content-type') ?? '';
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType);
  const { status, body, providerRequestId } = await readResponse(issuer.href, found);
  if (status === 429 || status === 408 || status >= 500) {
    throw new OAuthError(
      'provider_unavailable',
      'transient',
      `${issuer.hostname} is temporarily unavailable (HTTP ${status}).`,
      { status, providerRequestId },
    );
  }
  return status === 200 && isJson ? body : undefined;
}

function unusable(issuer: string, problem: string): OAuthError {
  return new OAuthError('provider_error', 'misconfigured', `${hostOf(issuer)} ${problem}.`);
}
