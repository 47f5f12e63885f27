import type { Principal } from '@latchkey/core/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { probeSpec } from '../execution/probe_spec.mock.ts';
import type { ActionsStart, ConnectionChange, DeferredUser } from '../types.ts';

let fixture: ActionsFixture;
let contract: ActionsStart;
/** Returns `true` if the principal lacks every privilege. */
let missing: (principal: Principal) => boolean;
beforeEach(async () => {
  missing = () => false;
  fixture = await createActionsFixture({ missing: (principal) => missing(principal) });
  contract = fixture.services.contract;
  await fixture.create('personal', { connector_type_id: '.probe', secrets: oauthApp() });
  await fixture.create('plain', { connector_type_id: '.probe' });
});
afterEach(() => fixture.close());

const asAna = { user: ana, spaceId: 'default' };
const request = { connectorId: 'personal', params: { subAction: 'get' } };

describe('the connector types', () => {
  it('can be listed completely or by feature', () => {
    const ids = (featureId?: string) =>
      contract.connectorTypes
        .list(featureId === undefined ? {} : { featureId })
        .map(({ id }) => id);
    expect(ids()).toEqual(expect.arrayContaining(['.google_drive', '.http', '.probe']));
    expect(ids('cases')).toEqual([]);
  });

  it('describe the input of each action as JSON Schema', () => {
    expect(contract.connectorTypes.get('.probe')?.actions).toContainEqual({
      name: 'get',
      label: 'Get',
      description: 'GETs a path.',
      scope: 'read',
      isTool: expect.any(Boolean),
      input: expect.objectContaining({ type: 'object', properties: expect.any(Object) }),
    });
    expect(contract.connectorTypes.get('.unknown')).toBeUndefined();
  });

  it('describe the output of an action if its spec describes it', () => {
    const { actions = [] } = contract.connectorTypes.get('.google_drive') ?? {};
    expect(actions.find(({ name }) => name === 'searchFiles')?.output).toMatchObject({
      type: 'object',
      properties: { files: { type: 'array' } },
    });
    const get = contract.connectorTypes.get('.probe')?.actions.find(({ name }) => name === 'get');
    expect(get).not.toHaveProperty('output');
  });
});

describe('the listed actions of a connector', () => {
  it('are all actions of its type, or the enabled actions in the same order', async () => {
    const config = { enabledActions: ['look', 'get'] };
    await fixture.create('narrow', { connector_type_id: '.probe', config });
    const client = contract.getActionsClient(asAna);
    const namesOf = async (id: string) => (await client.getActions(id)).map(({ name }) => name);
    expect(await namesOf('plain')).toEqual(Object.keys(probeSpec.actions));
    expect(await namesOf('narrow')).toEqual(['get', 'look']);
    expect((await client.getActions('narrow'))[0]).toHaveProperty('input.properties.path');
    expect(await client.find('narrow')).toMatchObject(config);
    expect(await client.find('plain')).not.toHaveProperty('enabledActions');
    await expect(client.getActions('missing')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are converted to JSON Schema once per type', async () => {
    const client = contract.getActionsClient(asAna);
    const [first] = await client.getActions('plain');
    const [again] = await client.getActions('personal');
    expect(again).toBe(first);
    expect(contract.connectorTypes.get('.probe')?.actions[0]).toBe(first);
  });
});

describe('the connections of a user', () => {
  it('are those of the connectors with per-user authorization, without tokens', async () => {
    const { accessToken } = await fixture.connect('personal');
    const found = await contract.connections.of(asAna);
    expect(found).toMatchObject([
      { connectorId: 'personal', status: 'connected', isAccountChangePending: false },
    ]);
    expect(JSON.stringify(found)).not.toContain(accessToken);
    expect(await contract.connections.of({ ...asAna, user: ben })).toMatchObject([
      { connectorId: 'personal', status: 'not_connected' },
    ]);
  });

  it('J152: are read without an audit event when the server repeats the read by itself', async () => {
    const { length } = fixture.audit.events;
    await contract.connections.of(asAna, ['personal'], { isRepeated: true });
    expect(fixture.audit.events).toHaveLength(length);
    await contract.connections.of(asAna, ['personal']);
    expect(fixture.audit.events).toHaveLength(length + 1);
  });

  it('are limited to the listed connectors of the space', async () => {
    expect(await contract.connections.of(asAna, ['plain', 'missing'])).toEqual([]);
    expect(await contract.connections.of({ ...asAna, spaceId: 'sales' }, ['personal'])).toEqual([]);
  });

  it('are refused without a user', async () => {
    const anonymous = { user: undefined, spaceId: 'default' };
    await expect(contract.connections.of(anonymous)).rejects.toMatchObject({ statusCode: 403 });
  });
});

describe('an execution by another plugin', () => {
  beforeEach(async () => {
    fixture.api.response = ({ headers }) => ({
      body: { caller: fixture.idp.ownerOf(headers.authorization) },
    });
    await fixture.connect('personal');
    await fixture.connect('personal', ben);
  });

  it('acts as the principal', async () => {
    expect(await contract.execute(asAna, request)).toMatchObject({ data: { caller: 'ana' } });
  });

  it('acts as a user who is not signed in, with the grant of that user', async () => {
    fixture.setUsers([ana, ben]);
    const as = contract.deferredUser({ user: ben, spaceId: 'default' });
    expect(as).toEqual({ profileUid: ben.profileUid, spaceId: 'default', apiKeyId: null });
    expect(await contract.execute(as, request)).toMatchObject({ data: { caller: 'ben' } });
    const { principal } = fixture.audit.events.at(-1) ?? {};
    expect(principal?.user).toMatchObject({ username: 'ben', authenticationType: 'deferred' });
  });

  it('is refused for a user who was deleted, and sends nothing', async () => {
    fixture.setUsers([ana]);
    const as = contract.deferredUser({ user: ben, spaceId: 'default' });
    await expect(contract.execute(as, request)).rejects.toMatchObject({ statusCode: 403 });
    expect(fixture.api.seen).toEqual([]);
  });

  it('is refused for a stored deferred user without the field for the API key', async () => {
    fixture.setUsers([ana, ben]);
    const as = { profileUid: ben.profileUid, spaceId: 'default' } as DeferredUser;
    await expect(contract.execute(as, request)).rejects.toMatchObject({ statusCode: 403 });
    expect(fixture.api.seen).toEqual([]);
  });

  it('cannot be deferred by a principal without a user', () => {
    const anonymous = { user: undefined, spaceId: 'default' };
    expect(() => contract.deferredUser(anonymous)).toThrow(
      expect.objectContaining({ statusCode: 403 }),
    );
  });
});

describe('an execution that was deferred by a request with an API key', () => {
  const withKey = { ...ben, authenticationType: 'api_key', apiKeyId: 'key-1' } as const;
  /** Returns the identity as another plugin reads it from its store. */
  const stored = (): DeferredUser =>
    JSON.parse(JSON.stringify(contract.deferredUser({ user: withKey, spaceId: 'default' })));
  beforeEach(async () => {
    fixture.api.response = ({ headers }) => ({
      body: { caller: fixture.idp.ownerOf(headers.authorization) },
    });
    await fixture.connect('personal', ben);
  });

  it('acts as the owner, and its audit event names the key', async () => {
    fixture.setUsers([ben, withKey]);
    expect(await contract.execute(stored(), request)).toMatchObject({ data: { caller: 'ben' } });
    expect(fixture.audit.events.at(-1)?.principal.user).toMatchObject({
      authenticationType: 'deferred',
      apiKeyId: 'key-1',
    });
  });

  it('is refused when the restriction of the key does not allow it', async () => {
    fixture.setUsers([ben, withKey]);
    missing = ({ user }) => user?.apiKeyId === 'key-1';
    await expect(contract.execute(stored(), request)).rejects.toMatchObject({ statusCode: 403 });
    expect(fixture.api.seen).toEqual([]);
  });

  it('is refused when the key is no longer valid, even if its owner is active', async () => {
    fixture.setUsers([ben]);
    await expect(contract.execute(stored(), request)).rejects.toMatchObject({ statusCode: 403 });
    expect(fixture.api.seen).toEqual([]);
  });
});

describe('a listener for connection changes', () => {
  let changes: ConnectionChange[];
  let unsubscribe: () => void;
  beforeEach(() => {
    changes = [];
    unsubscribe = contract.onConnectionChange((change) => {
      changes.push(change);
    });
  });

  it('is told that a user has authorized, without tokens', async () => {
    const { accessToken } = await fixture.connect('personal');
    expect(changes).toEqual([
      { type: 'authorized', connectorId: 'personal', profileUid: ana.profileUid },
    ]);
    expect(JSON.stringify(changes)).not.toContain(accessToken);
  });

  it('is told once when a refresh fails and once when a refresh works again', async () => {
    await fixture.connect('personal');
    changes = [];
    fixture.clock.jumpWall(2 * 3_600_000);
    fixture.idp.refuse = { status: 503, body: {} };
    await contract.execute(asAna, request);
    fixture.clock.jumpWall(3_600_000);
    await contract.execute(asAna, request);
    fixture.idp.refuse = undefined;
    fixture.clock.jumpWall(3_600_000);
    await contract.execute(asAna, request);
    expect(changes).toMatchObject([
      { type: 'status_changed', status: 'refresh_failing' },
      { type: 'status_changed', status: 'connected' },
    ]);
  });

  it('is told that the user must authorize again', async () => {
    await fixture.connect('personal');
    fixture.clock.jumpWall(2 * 3_600_000);
    fixture.idp.refuse = { status: 400, body: { error: 'invalid_grant' } };
    await contract.execute(asAna, request);
    expect(changes.at(-1)).toMatchObject({ type: 'status_changed', status: 'needs_reauth' });
  });

  it('receives different events for a disconnect by the user and a revocation', async () => {
    await fixture.connect('personal');
    await fixture.connect('personal', ben);
    changes = [];
    await fixture.services.ownAuthorizations.disconnect(asAna, 'personal');
    await fixture.inject({ method: 'DELETE', url: '/api/actions/connector/personal' });
    expect(changes).toEqual([
      { type: 'disconnected', connectorId: 'personal', profileUid: ana.profileUid },
      {
        type: 'revoked',
        reason: 'connector_deleted',
        connectorId: 'personal',
        profileUid: ben.profileUid,
      },
    ]);
  });

  it('receives no event after the subscription has ended', async () => {
    unsubscribe();
    await fixture.connect('personal');
    expect(changes).toEqual([]);
  });

  it('affects neither the operation nor other listeners when it throws', async () => {
    contract.onConnectionChange(() => {
      throw new Error('listener failed');
    });
    const seen: string[] = [];
    contract.onConnectionChange(async ({ type }) => {
      seen.push(type);
    });
    await fixture.connect('personal');
    expect([changes.length, seen]).toEqual([1, ['authorized']]);
    expect(fixture.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
