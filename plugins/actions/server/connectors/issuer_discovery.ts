import type { Egress } from '@latchkey/egress';
import {
  discoverMetadata,
  MetadataMismatch,
  OAuthError,
  type OAuthErrorCode,
  type ServerMetadata,
} from '@latchkey/oauth-client';
import {
  endpointsHash,
  isCheckOf,
  type StatedIssuer,
  statedIssuer,
} from '../oauth/strategies/index.ts';
import type { DecryptedConnector, IssuerCheck } from '../types.ts';
import { comparedEndpoints } from './compared_endpoints.ts';
import { ConnectorError } from './connector_error.ts';

/** Far above any metadata and far below what would hurt. */
const MAX_METADATA_BYTES = 256 * 1024;
/** Of one of two documents; an administrator waits for it. */
const TIMEOUT_MS = 5000;

/** Why metadata could not be had, in the words of {@link unconfirmed}; the provider's own are never repeated. */
const REASONS: Partial<Record<OAuthErrorCode, string>> = {
  endpoint_not_allowed: 'this server may not reach that address',
  network: 'no connection came about, or it was cut',
  timeout: 'it did not answer in time',
  redirected: 'it redirects elsewhere',
  malformed_response: 'its answer is too large',
  provider_unavailable: 'it is not available at the moment',
};

/** For what passes by itself, and for what another setting of this server or of the network mends. */
const AGAIN = 'Save the connector again to repeat the check.';
/** For a server that answers, but not with metadata: rather the issuer is misspelt than that there is none. */
const SPELLING =
  'If it does publish some, correct the issuer: it is what that document calls `issuer`, usually the address of the document up to /.well-known/, with the realm or tenant if it has one.';

/**
 * Compares what an administrator stated with the issuer's own metadata (RFC 8414, OpenID Connect Discovery), when a connector is saved and never
 * later.
 * @param previous of the connector as it is stored
 * @returns `undefined`: no issuer is stated
 * @throws ConnectorError `issuer_mismatch`, `endpoint_mismatch`, `pkce_s256_unsupported`
 */
export type IssuerDiscovery = (
  connector: DecryptedConnector,
  previous: IssuerCheck | undefined,
) => Promise<IssuerCheck | undefined>;

/** Metadata through the one door out: its address guard and allow-list, no redirects, bounded time and size. */
export function createIssuerDiscovery(deps: {
  readonly egress: Pick<Egress, 'fetch'>;
  readonly now: () => Date;
  /** Milliseconds for each of at most two documents. Default: 5 s. */
  readonly timeoutMs?: number;
}): IssuerDiscovery {
  const { egress, now, timeoutMs = TIMEOUT_MS } = deps;
  const limits = { redirect: 'refuse', maxResponseBytes: MAX_METADATA_BYTES, timeoutMs } as const;
  const io = {
    fetch: (url: string, init: object) => egress.fetch(url, { ...init, ...limits }),
    now,
  };
  return async (connector, previous) => {
    const stated = statedIssuer(connector);
    if (stated === undefined) return undefined;
    let metadata: ServerMetadata;
    try {
      metadata = await discoverMetadata(stated.issuer, io);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return unconfirmed(ensureNoRefusal(error, connector.id, stated), stated, previous);
    }
    return {
      issuer: stated.issuer,
      endpoints: endpointsHash(stated),
      isConfirmed: true,
      isPublishedByOrigin: metadata.isPublishedByOrigin,
      issuerRequiredInResponse: metadata.issuerRequiredInResponse,
      revocationEndpoint: metadata.revocationEndpoint,
      userinfoEndpoint: metadata.userinfoEndpoint,
      warnings: comparedEndpoints(connector.id, stated, metadata),
    };
  };
}

/** What the metadata itself says against the settings is refused; that it cannot be had is no reason to. @throws ConnectorError */
function ensureNoRefusal(error: OAuthError, connectorId: string, stated: StatedIssuer): OAuthError {
  if (error instanceof MetadataMismatch) {
    const found = error.foundIssuer === undefined ? 'another' : `[${error.foundIssuer}]`;
    throw new ConnectorError(
      'issuer_mismatch',
      connectorId,
      `The issuer is configured as [${stated.issuer}], but the metadata there names ${found}. Enter the issuer exactly as the provider spells it.`,
      { cause: error },
    );
  }
  if (error.code === 'pkce_s256_unsupported') {
    throw new ConnectorError(
      'pkce_s256_unsupported',
      connectorId,
      `The metadata of the issuer [${stated.issuer}] lists proof key methods (PKCE) without S256, which every authorization here uses. Switch S256 on at the provider.`,
      { cause: error },
    );
  }
  return error;
}

/** What was found out before stays true until something else is found out: a provider that is down for a moment loosens nothing. */
function unconfirmed(
  error: OAuthError,
  stated: StatedIssuer,
  previous: IssuerCheck | undefined,
): IssuerCheck {
  const { issuer } = stated;
  const known = isCheckOf(previous, stated) ? previous : undefined;
  const host = URL.parse(issuer)?.host ?? 'the issuer';
  const reason = REASONS[error.code];
  const advice =
    reason === undefined
      ? `it publishes no metadata there that is understood. ${SPELLING}`
      : `${reason}. ${AGAIN}`;
  return {
    issuer,
    endpoints: endpointsHash(stated),
    isConfirmed: known?.isConfirmed === true,
    isPublishedByOrigin: known?.isPublishedByOrigin === true,
    revocationEndpoint: known?.revocationEndpoint,
    userinfoEndpoint: known?.userinfoEndpoint,
    issuerRequiredInResponse:
      previous?.issuerRequiredInResponse === true && previous.issuer === issuer,
    warnings: [
      `The issuer could not be checked: ${host} was asked for its metadata, and ${advice}`,
    ],
  };
}
