import { CONNECTOR_SO_TYPE } from '@latchkey/actions-plugin/server/testing';
import { systemRandomness } from '@latchkey/core/server';
import type { StoreLocation } from '@latchkey/test-environment';
import { type BenchConnector, CONNECTOR_TYPE } from '../server/bench_connector.ts';
import { type OpenTokens, openTokens } from '../server/open_tokens.ts';
import { handleInputs } from './role.ts';

/** Connectors for one space, all authorized by one user. */
export interface ConnectorFilling {
  readonly location: StoreLocation;
  /** Template of all connectors. */
  readonly connector: BenchConnector;
  readonly spaceId: string;
  readonly profileUid: string;
  readonly count: number;
}

const CONCURRENCY = 500;
const LIFETIME_MS = 86_400_000;
const TOKEN_BYTES = 120;

async function fill(filling: ConnectorFilling): Promise<void> {
  const opened = await openTokens(filling.location, filling.connector);
  for (let from = 0; from < filling.count; from += CONCURRENCY) {
    const size = Math.min(CONCURRENCY, filling.count - from);
    await Promise.all(Array.from({ length: size }, (_, at) => write(opened, filling, from + at)));
  }
  await opened.close();
}

/** Writes them with real encryption, as the create route and an OAuth flow do. */
async function write(opened: OpenTokens, filling: ConnectorFilling, index: number): Promise<void> {
  const { config, secrets } = filling.connector;
  const { spaceId, profileUid } = filling;
  const id = `${spaceId}-${index}`;
  const authType = secrets['authType'];
  await opened.repository.create(
    CONNECTOR_SO_TYPE,
    {
      name: `Connector ${index} of ${spaceId}`,
      actionTypeId: CONNECTOR_TYPE,
      isMissingSecrets: false,
      config: { ...config, authType },
      secrets,
      authMode: 'per-user',
    },
    { id, namespace: spaceId, visibleToSearch: index === filling.count - 1 },
  );
  const now = new Date();
  await opened.tokens.store.create(
    { scope: 'per-user', connectorId: id, profileUid },
    {
      generation: systemRandomness.uuid(),
      clientFingerprint: opened.clients.forConnector(opened.connector).fingerprint,
      spaceId,
      state: 'connected',
      stateSince: now,
      accessToken: `Bearer ${systemRandomness.bytes(TOKEN_BYTES).toString('base64url')}`,
      refreshToken: systemRandomness.bytes(TOKEN_BYTES).toString('base64url'),
      issuedAt: now,
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
      scopes: ['openid', 'offline_access'],
      account: { id: profileUid, label: 'person@example.com' },
      lastUsedAt: now,
    },
  );
}

handleInputs(fill);
