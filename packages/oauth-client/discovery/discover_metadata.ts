import { discoveryRequest } from 'oauth4webapi';
import { z } from 'zod';
import { protocolFetch } from '../dialects/standard/protocol_fetch.ts';
import { hostOf } from '../failures/host_of.ts';
import { OAuthError } from '../oauth_error.ts';
import { readAnswer } from '../responses/answer.ts';
import type { ProtocolIo } from '../types.ts';
import { MetadataMismatch } from './metadata_mismatch.ts';

/** What a client needs to know of an authorization server. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** `undefined`: the server does not revoke (RFC 7009). */
  readonly revocationEndpoint: string | undefined;
  /** OpenID Connect Core §5.3; `undefined`: the server has none. */
  readonly userinfoEndpoint: string | undefined;
  /**
   * The operator of the issuer's origin published this: it was found at the root of the origin
   * (RFC 8414 §3.1), not below the path of the issuer, where the origin may serve content of its
   * users.
   */
  readonly isPublishedByOrigin: boolean;
  /** The server names itself in every authorization response (RFC 9207 §3). */
  readonly issuerRequiredInResponse: boolean;
  /** `undefined`: not said, which means `client_secret_basic` (RFC 8414 §2). */
  readonly tokenEndpointAuthMethods: readonly string[] | undefined;
}

const endpoint = z.url({ protocol: /^https?$/ }).max(2048);
const names = z.array(z.string().max(200)).max(200).optional();

/** Looked at first: a document about somebody else is refused as such, whatever else is wrong with it. */
const named = z.object({ issuer: z.string().min(1).max(2048) });

/** RFC 8414 §2; unknown members are dropped. */
const metadata = z.object({
  ...named.shape,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  revocation_endpoint: endpoint.optional().catch(undefined),
  userinfo_endpoint: endpoint.optional().catch(undefined),
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
  code_challenge_methods_supported: names,
  token_endpoint_auth_methods_supported: names.catch(undefined),
});

/**
 * Fetches an authorization server's description, first where OpenID Connect Discovery §4 keeps it,
 * then where RFC 8414 §3 does. A description below the path of the issuer that names endpoints on
 * other origins is replaced by that of the origin, if there is one. Size, time and redirects are
 * bounded by `io.fetch`.
 * @throws MetadataMismatch when the document describes another issuer; OAuthError `proof_key_unsupported` when it lists proof
 * key methods without S256, `provider_error` when it is absent or not understood; network failures as everywhere
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
  // RFC 9700 §2.1.1: never fall back to `plain`. Without the list the server may still support S256, which is sent anyway.
  if (found.code_challenge_methods_supported?.includes('S256') === false) {
    throw new OAuthError(
      'proof_key_unsupported',
      'misconfigured',
      `${hostOf(issuer)} does not support the proof key method S256.`,
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
  };
}

/** @throws MetadataMismatch; OAuthError `provider_error` */
function parseMetadata(issuer: string, document: unknown): z.infer<typeof metadata> {
  ensureSameIssuer(issuer, document);
  const parsed = metadata.safeParse(document);
  if (!parsed.success) throw unusable(issuer, 'publishes metadata that is not understood');
  return parsed.data;
}

/** Of such metadata nobody needs to know who published it: it names no other origin. */
function namesOwnOriginOnly({ origin }: URL, stated: z.infer<typeof metadata>): boolean {
  const { authorization_endpoint, token_endpoint, revocation_endpoint, userinfo_endpoint } = stated;
  return [authorization_endpoint, token_endpoint, revocation_endpoint, userinfo_endpoint].every(
    (endpoint) => endpoint === undefined || URL.parse(endpoint)?.origin === origin,
  );
}

/** `undefined`: the origin publishes none about this issuer, or none can be had. */
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

/** RFC 8414 §3.3: MUST be identical, else the document could speak for somebody else. */
function ensureSameIssuer(issuer: string, answer: unknown): void {
  const parsed = named.safeParse(answer);
  if (!parsed.success || parsed.data.issuer === issuer) return;
  throw new MetadataMismatch(issuer, parsed.data.issuer);
}

async function fetchDocument(
  issuer: URL,
  algorithm: 'oidc' | 'oauth2',
  io: ProtocolIo,
): Promise<unknown> {
  const response = await discoveryRequest(issuer, {
    algorithm,
    ...protocolFetch(io, issuer.href),
  });
  // RFC 8414 §3.2. What users upload is served as text by hosts that let them.
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(
    response.headers.get('content-type') ?? '',
  );
  const answer = await readAnswer(issuer.href, response);
  if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
    throw new OAuthError(
      'provider_unavailable',
      'transient',
      `${issuer.hostname} is not available at the moment (HTTP ${answer.status}).`,
      { status: answer.status, providerRequestId: answer.providerRequestId },
    );
  }
  return answer.status === 200 && isJson ? answer.body : undefined;
}

function unusable(issuer: string, what: string): OAuthError {
  return new OAuthError('provider_error', 'misconfigured', `${hostOf(issuer)} ${what}.`);
}
