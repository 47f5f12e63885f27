import type { ConnectorSpec } from '@latchkey/connector-specs';
import type { Egress } from '@latchkey/egress';
import {
  discoverMetadata,
  MetadataMismatch,
  OAuthError,
  type OAuthErrorCode,
  type ServerMetadata,
} from '@latchkey/oauth-client';
import type { FormIssue } from '../../common/index.ts';
import {
  ConnectorError,
  type DecryptedConnector,
  type IssuerCheck,
} from '../connector_data/index.ts';
import {
  endpointsHash,
  isCheckOf,
  type StatedIssuer,
  statedIssuer,
} from '../oauth/strategies/index.ts';
import { compareEndpoints } from './compared_endpoints.ts';
import { asksForScope, OFFLINE_ACCESS, offlineScopeMissing } from './offline_access.ts';

/** Maximum bytes of the metadata. Real metadata is much smaller. */
const MAX_METADATA_BYTES = 256 * 1024;
/**
 * Milliseconds for each of at most two requests. Short, because an administrator waits for the
 * result.
 */
const TIMEOUT_MS = 5000;

/**
 * Reasons why metadata is missing, as part of the warning of {@link unconfirmed}. They are our own
 * texts: text of the provider is never shown.
 */
const REASONS: Partial<Record<OAuthErrorCode, string>> = {
  endpoint_not_allowed: 'this server may not reach that address',
  network: 'the connection failed',
  timeout: 'it did not respond in time',
  redirected: 'it redirects to another address',
  malformed_response: 'its response is too large',
  provider_unavailable: 'it is not available at the moment',
};

/**
 * Advice after an error that is temporary, or that a setting of this server or of the network
 * corrects.
 */
const SAVE_AGAIN = 'Save the connector again to repeat the check.';
/** Advice after a response that is not metadata: the issuer is probably misspelt. */
const CHECK_SPELLING =
  'If it does publish metadata, correct the issuer: enter the value of `issuer` in that document. It is usually the address of the document up to /.well-known/, with the realm or tenant if it has one.';

/** Result of requesting the metadata of an issuer. */
interface DiscoveredIssuer {
  readonly check: IssuerCheck;
  /**
   * Warnings of the check, which are stored, and advice, which is not. Each has the path of its
   * field.
   */
  readonly warnings: readonly FormIssue[];
}

/**
 * Compares the settings of a connector with the metadata of its issuer (RFC 8414, OpenID Connect
 * Discovery). Called only when a connector is saved or validated.
 * @param previous check of the stored connector
 * @returns `undefined` if the connector names no issuer
 * @throws ConnectorError `issuer_mismatch`, `endpoint_mismatch`, `pkce_s256_unsupported`
 */
export type IssuerDiscovery = (
  connector: DecryptedConnector,
  previous: IssuerCheck | undefined,
) => Promise<DiscoveredIssuer | undefined>;

/**
 * Creates the function that reads metadata through the egress: with its allow-list and address
 * guard, without redirects, with limits of time and size.
 */
export function createIssuerDiscovery(deps: {
  readonly egress: Pick<Egress, 'fetch'>;
  readonly now: () => Date;
  readonly findConnectorType: (connectorTypeId: string) => ConnectorSpec | undefined;
  /** Milliseconds for each of at most two requests. Default: {@link TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}): IssuerDiscovery {
  const { egress, now, findConnectorType, timeoutMs = TIMEOUT_MS } = deps;
  const limits = { redirect: 'refuse', maxResponseBytes: MAX_METADATA_BYTES, timeoutMs } as const;
  const io = {
    fetch: (url: string, init: object) => egress.fetch(url, { ...init, ...limits }),
    now,
  };
  return async (connector, previous) => {
    const stated = statedIssuer(connector, findConnectorType(connector.connectorTypeId));
    if (stated === undefined) return undefined;
    let metadata: ServerMetadata;
    try {
      metadata = await discoverMetadata(stated.issuer, io);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return unconfirmed(ensureNoRefusal(error, connector.id, stated), stated, previous);
    }
    const differences = compareEndpoints(connector.id, stated, metadata);
    return {
      check: {
        issuer: stated.issuer,
        endpoints: endpointsHash(stated),
        isConfirmed: true,
        isPublishedByOrigin: metadata.isPublishedByOrigin,
        issuerRequiredInResponse: metadata.issuerRequiredInResponse,
        revocationEndpoint: metadata.revocationEndpoint,
        userinfoEndpoint: metadata.userinfoEndpoint,
        warnings: differences.map(({ message }) => message),
      },
      warnings: [...differences, ...adviceOf(connector, metadata)],
    };
  };
}

/** Advises to use features that the metadata offers and the settings do not request. */
function adviceOf({ secrets }: DecryptedConnector, metadata: ServerMetadata): readonly FormIssue[] {
  const offersOffline = metadata.scopes?.includes(OFFLINE_ACCESS) === true;
  return offersOffline && !asksForScope(secrets['scope'], OFFLINE_ACCESS)
    ? [offlineScopeMissing(OFFLINE_ACCESS)]
    : [];
}

/**
 * Throws if the settings contradict the metadata. Any other error means that the metadata could not
 * be read, and is returned.
 * @throws ConnectorError `issuer_mismatch`, `pkce_s256_unsupported`
 */
function ensureNoRefusal(error: OAuthError, connectorId: string, stated: StatedIssuer): OAuthError {
  if (error instanceof MetadataMismatch) {
    const found = error.foundIssuer === undefined ? 'another' : `[${error.foundIssuer}]`;
    throw new ConnectorError(
      'issuer_mismatch',
      connectorId,
      `The issuer is configured as [${stated.issuer}], but its metadata names ${found}. Enter the issuer exactly as the metadata spells it.`,
      { cause: error },
    );
  }
  if (error.code === 'pkce_s256_unsupported') {
    throw new ConnectorError(
      'pkce_s256_unsupported',
      connectorId,
      `The metadata of the issuer [${stated.issuer}] lists PKCE methods without S256, which every authorization here uses. Enable S256 at the provider.`,
      { cause: error },
    );
  }
  return error;
}

/**
 * Result when the metadata could not be read. Keeps the result of an earlier check of the same
 * settings, so that a temporary outage of the provider does not weaken the checks.
 */
function unconfirmed(
  error: OAuthError,
  stated: StatedIssuer,
  previous: IssuerCheck | undefined,
): DiscoveredIssuer {
  const { issuer } = stated;
  const known = isCheckOf(previous, stated) ? previous : undefined;
  const host = URL.parse(issuer)?.host ?? 'the issuer';
  const reason = REASONS[error.code];
  const advice =
    reason === undefined
      ? `it publishes no valid metadata. ${CHECK_SPELLING}`
      : `${reason}. ${SAVE_AGAIN}`;
  const message = `The issuer could not be checked: this server requested the metadata of ${host}, and ${advice}`;
  return {
    check: {
      issuer,
      endpoints: endpointsHash(stated),
      isConfirmed: known?.isConfirmed === true,
      isPublishedByOrigin: known?.isPublishedByOrigin === true,
      revocationEndpoint: known?.revocationEndpoint,
      userinfoEndpoint: known?.userinfoEndpoint,
      issuerRequiredInResponse:
        previous?.issuerRequiredInResponse === true && previous.issuer === issuer,
      warnings: [message],
    },
    warnings: [{ path: 'secrets.issuer', code: 'issuer_unchecked', message }],
  };
}
