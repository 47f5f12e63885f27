import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { oncePerFrozen } from '@latchkey/saved-objects';
import type { ConnectorReader, DecryptedConnector } from '../../../connector_data/index.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import type { RefreshRequest } from './refresh_request.ts';

/**
 * Returns a hash of everything in a connector on which its shared token depends: space, type,
 * config and secrets. The fingerprint of the client is not enough, because it does not depend on
 * secret, scope and space. The hash of the secrets has no key, so it must be kept in memory only.
 *
 * A preconfigured connector is the same in every space, so all spaces share one token.
 */
export const sharedTokenSource = oncePerFrozen((connector: DecryptedConnector): string => {
  const { id, spaceId, isPreconfigured, connectorTypeId, authType, config, secrets } = connector;
  // Serialized as JSON, so that different parts never result in the same text.
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
 * Returns `true` if the connector of a shared token is still the one of the request. Called under
 * the lease, so that no token of an outdated connector is stored: a change of the connector that
 * this read does not see yet deletes the leased document later, and then the response is discarded
 * and revoked. Always `true` for the token of a user.
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
 * Returns the value of `GrantRecord.issuedFor` for a shared token: an HMAC of {@link
 * sharedTokenSource} with the access token as its key. The access token is stored encrypted, so the
 * stored value cannot be used to check guesses of a secret. A server version that does not know the
 * attribute leaves the value of an earlier token, which does not match its new token.
 */
export function issuedForOf(accessToken: string, connector: DecryptedConnector): string {
  return createHmac('sha256', accessToken).update(sharedTokenSource(connector)).digest('base64url');
}

/**
 * Returns `true` if a shared token was requested for the connector as it is now. Returns `false`
 * for a token that an older version has stored, which is then requested once more. Returns `true`
 * for tokens of users, because their fingerprint is enough to bind them to the client.
 */
export function isIssuedFor(record: GrantRecord, connector: DecryptedConnector): boolean {
  return record.key.scope !== 'shared' || bindingOf(record)(connector);
}

/**
 * Returns the grant from which a refresh starts. Removes grant facts and scopes of a shared token
 * that was requested for another client or connector, because they do not apply to the new token.
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

/** The comparison of {@link isIssuedFor}. Cached for each version of a token and of a connector. */
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
