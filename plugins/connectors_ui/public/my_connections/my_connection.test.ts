import { describe, expect, it } from 'vitest';
import { connectionMock, notConnectedMock } from '../connection_status/connection.mock.ts';
import type { Overview } from '../connection_status/index.ts';
import {
  completeConnector,
  currentOf,
  reconnectable,
  skipCurrent,
  startQueue,
} from './attention_queue.ts';
import { toMyConnections } from './my_connection.ts';

const connector = (id: string, authMode?: 'shared' | 'per-user') => ({
  id,
  name: id.toUpperCase(),
  connector_type_id: '.drive',
  is_preconfigured: false,
  is_deprecated: false,
  is_system_action: false,
  is_connector_type_deprecated: false,
  referenced_by_count: 0,
  ...(authMode === undefined ? {} : { auth_mode: authMode }),
});

const overview: Overview = {
  connectors: [
    connector('a', 'per-user'),
    connector('b', 'per-user'),
    connector('c', 'per-user'),
    connector('d', 'per-user'),
    connector('s', 'shared'),
    connector('old'),
  ],
  types: undefined,
  connections: new Map([
    ['a', notConnectedMock()],
    ['b', connectionMock()],
    ['c', connectionMock({ status: 'needs_reauth' })],
    ['d', connectionMock({ status: 'expiring' })],
  ]),
  capabilities: [],
  attention: [
    { connector_id: 'd', reason: 'ends_soon' },
    { connector_id: 'c', reason: 'reconnect' },
  ],
};

describe('the list of my connections', () => {
  const ids = (items: readonly { readonly id: string }[] | undefined) => items?.map(({ id }) => id);

  it('contains first the connectors that require an action of the user, in the order of the server, and then connected connectors', () => {
    const mine = toMyConnections(overview);
    expect(ids(mine?.attention)).toEqual(['d', 'c']);
    expect(ids(mine?.personal)).toEqual(['b', 'a']);
  });

  it('contains the connector of an invitation link first, unless it already requires an action', () => {
    const mine = toMyConnections(overview, 'a');
    expect(mine?.invited?.id).toBe('a');
    expect(ids(mine?.personal)).toEqual(['b']);
    const reconnect = toMyConnections(overview, 'c');
    expect(reconnect?.invited).toBeUndefined();
    expect(ids(reconnect?.attention)).toEqual(['d', 'c']);
  });

  it('treats a connector without an auth mode as shared', () => {
    expect(ids(toMyConnections(overview)?.shared)).toEqual(['s', 'old']);
  });

  it('keeps all connectors when the status could not be read', () => {
    const mine = toMyConnections({ ...overview, connections: undefined, attention: undefined });
    expect(ids(mine?.personal)).toEqual(['a', 'b', 'c', 'd']);
    expect(mine?.personal[0]?.connection).toBeUndefined();
  });

  it('is undefined when the connectors could not be read', () => {
    expect(toMyConnections({ ...overview, connectors: undefined })).toBeUndefined();
  });
});

describe('the attention queue', () => {
  it('contains each connector once whose problem a new authorization solves', () => {
    const attention = [
      { connector_id: 'a', reason: 'reconnect' },
      { connector_id: 'a', reason: 'missing_scopes' },
      { connector_id: 'b', reason: 'revocation_failed' },
      { connector_id: 'c', reason: 'ends_soon' },
    ] as const;
    expect(reconnectable(attention)).toEqual(['a', 'c']);
  });

  it('reaches its end after a success or a skip of each connector', () => {
    let queue = startQueue(['a', 'b', 'c']);
    queue = completeConnector(queue, 'a');
    queue = completeConnector(queue, 'a');
    expect(currentOf(queue)).toBe('b');
    queue = skipCurrent(queue);
    queue = completeConnector(queue, 'c');
    expect(currentOf(queue)).toBeUndefined();
    expect(skipCurrent(queue).skipped).toEqual(['b']);
  });
});
