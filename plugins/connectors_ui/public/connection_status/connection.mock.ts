import type { Connection } from './connection.ts';

/** Creates a usable connection, with the given changes. */
export function connectionMock(changes: Partial<Connection> = {}): Connection {
  const now = Date.now();
  const ago = (days: number): Date => new Date(now - days * 86_400_000);
  return {
    status: 'connected',
    since: ago(12),
    account: 'ana@example.com',
    site: undefined,
    connectedAt: ago(12),
    lastUsedAt: ago(1.2),
    endsAt: undefined,
    requested: [
      { scope: 'drive.readonly', text: 'See and download all your Google Drive files' },
      { scope: 'drive.metadata', text: 'See names and details of your Google Drive files' },
    ],
    granted: [
      { scope: 'drive.readonly', text: 'See and download all your Google Drive files' },
      { scope: 'drive.metadata', text: 'See names and details of your Google Drive files' },
    ],
    missingScopes: [],
    lastError: undefined,
    nextStep: 'none',
    unrevokedCount: 0,
    accountChangeId: undefined,
    ...changes,
  };
}

/** Creates a connection of a user who is not connected, with the given changes. */
export function notConnectedMock(changes: Partial<Connection> = {}): Connection {
  return connectionMock({
    status: 'not_connected',
    since: undefined,
    account: undefined,
    connectedAt: undefined,
    lastUsedAt: undefined,
    granted: undefined,
    nextStep: 'authorize',
    ...changes,
  });
}
