import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { oncePerFrozen } from '@latchkey/saved-objects';
import type { ConnectorReader, DecryptedConnector } from '../../../connector_data/index.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { RefreshRequest } from './refresh_request.ts';

/**
 * Hash of everything in a connector that decides which shared token it gets: its space, type,
 * configuration and secrets. The client fingerprint covers neither the secret nor the scope nor the
 * space. It is an unkeyed hash of secrets: keep it in memory only.
 *
 * A preconfigured connector is the same in every space, so its spaces share one token.
 */
export const sharedTokenSource = oncePerFrozen((connector: DecryptedConnector): string => {
  const { id, spaceId, isPreconfigured, connectorTypeId, authType, config, secrets } = connector;
  // JSON separates the parts, so that two values cannot be confused.
  const parts = [
    id,
    isPreconfigured === true ? null : spaceId,
    connectorTypeId,
    authType,
    sortedEntries(config),
    sortedEntries(secrets),
  ];
  return hash('sha256', JSON.stringify(parts), 'base64url');
});

/**
 * Tells if the connector of a shared token is still the one of the request. Under the lease, this
 * closes the race with a change of the connector: a change that this read does not see yet deletes
 * the leased document later, so the response is discarded and revoked. Always `true` for the token
 * of a user.
 */
export async function isConnectorCurrent(
  { key, connector }: Pick<RefreshRequest, 'connector' | 'key'>,
  connectors: ConnectorReader,
): Promise<boolean> {
  if (key.scope !== 'shared') return true;
  const found = await connectors.find(connector.id, connector.spaceId);
  return (
    found.kind === 'found' && sharedTokenSource(found.connector) === sharedTokenSource(connector)
  );
}

/**
 * Value of `GrantRecord.issuedFor` for a shared token: an HMAC of {@link sharedTokenSource} with
 * the access token as its key. The access token is stored encrypted, so nobody can use the stored
 * value to check guesses of a secret. A build that does not know the attribute leaves the value of
 * an earlier token, which does not match its new token.
 */
export function issuedForOf(accessToken: string, connector: DecryptedConnector): string {
  return createHmac('sha256', accessToken).update(sharedTokenSource(connector)).digest('base64url');
}

/**
 * Tells if a shared token was requested for this connector as it is now. `false` also for a token
 * stored by an older build: it is requested again once. Tokens of users are bound to their client
 * by its fingerprint alone, so the result is `true` for them.
 */
export function isIssuedFor(record: GrantRecord, connector: DecryptedConnector): boolean {
  return record.key.scope !== 'shared' || bindingOf(record)(connector);
}

/**
 * Returns the grant that a refresh starts from. The facts and scopes of a shared token that was
 * requested for another client or connector are left out: they do not apply to the new token.
 */
export function beforeRefresh(
  record: GrantRecord,
  { client, connector }: Pick<RefreshRequest, 'client' | 'connector'>,
): GrantRecord {
  const isForRequest =
    record.key.scope !== 'shared' ||
    (record.clientFingerprint === client.fingerprint && isIssuedFor(record, connector));
  return isForRequest ? record : { ...record, facts: undefined, scopes: undefined };
}

/** The comparison of {@link isIssuedFor}, once per version of a token and of a connector. */
const bindingOf = oncePerFrozen(({ accessToken, issuedFor }: GrantRecord) =>
  oncePerFrozen((connector: DecryptedConnector): boolean => {
    if (accessToken === undefined || issuedFor === undefined) return false;
    const expected = Buffer.from(issuedForOf(accessToken, connector));
    const stored = Buffer.from(issuedFor);
    return stored.length === expected.length && timingSafeEqual(stored, expected);
  }),
);

function sortedEntries(
  values: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
