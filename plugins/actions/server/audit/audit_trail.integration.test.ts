import type { HarnessRequest } from '@latchkey/core/server/harness';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  ben,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
});
afterEach(() => fixture.close());

const URL = '/api/actions/connector/c1';
const body = { name: 'n', connector_type_id: '.probe', secrets: oauthApp() };

/** Returns the audit events that `act` causes, each as "action outcome code connectorId". */
const eventsOf = async (act: () => Promise<unknown>) => {
  const before = fixture.audit.events.length;
  await act();
  return fixture.audit.events
    .slice(before)
    .map(({ action, outcome, errorCode, savedObject }) =>
      [action, outcome, errorCode, savedObject?.id].filter(Boolean).join(' '),
    );
};
const eventsOfRequest = (request: HarnessRequest) => eventsOf(() => fixture.inject(request));

it('the audit trail contains exactly one event per operation', async () => {
  expect(await eventsOfRequest({ method: 'POST', url: URL, body })).toEqual([
    'connector_create unknown c1',
  ]);
  expect(await eventsOfRequest({ method: 'GET', url: URL })).toEqual(['connector_get success c1']);
  expect(await eventsOfRequest({ method: 'GET', url: '/api/actions/connectors' })).toEqual([
    'connector_find success',
  ]);
  const put = { name: 'm', secrets: oauthApp() };
  expect(await eventsOfRequest({ method: 'PUT', url: URL, body: put })).toEqual([
    'connector_update unknown c1',
  ]);
  expect(await eventsOfRequest({ method: 'DELETE', url: URL })).toEqual([
    'connector_delete unknown c1',
  ]);
});

it('the audit trail contains exactly one event per execution, with its outcome', async () => {
  await fixture.create('c1', body);
  const run = (params: Readonly<Record<string, unknown>>) =>
    eventsOf(() => fixture.execute('c1', params));
  expect(await run({ subAction: 'get' })).toEqual(['connector_execute failure no_token c1']);
  await fixture.connect('c1');
  expect(await run({ subAction: 'get' })).toEqual(['connector_execute success c1']);
  expect(await run({ subAction: 'missing' })).toEqual([
    'connector_execute failure invalid_params c1',
  ]);
  expect(await eventsOf(() => fixture.execute('c0', { subAction: 'get' }))).toEqual([
    'connector_execute failure not_found c0',
  ]);
});

it('the audit trail contains exactly one event when server code gets an access token', async () => {
  await fixture.create('c1', body);
  const client = fixture.services.contract.getActionsClient({ user: ana, spaceId: 'default' });
  const ask = () => client.getOAuthAccessToken({ connectorId: 'c1' }).catch(() => undefined);
  expect(await eventsOf(ask)).toEqual(['connector_get_access_token failure no_token c1']);
  await fixture.connect('c1');
  expect(await eventsOf(ask)).toEqual(['connector_get_access_token success c1']);
});

it('the audit event of an access token is written immediately, the event of an execution in a batch', async () => {
  await fixture.create('c1', body);
  await fixture.connect('c1');
  const client = fixture.services.contract.getActionsClient({ user: ana, spaceId: 'default' });
  await client.getOAuthAccessToken({ connectorId: 'c1' });
  expect(fixture.audit.events.at(-1)).toMatchObject({
    action: 'connector_get_access_token',
    mayWait: false,
  });
  await fixture.execute('c1', { subAction: 'get' });
  expect(fixture.audit.events.at(-1)).toMatchObject({ action: 'connector_execute', mayWait: true });
});

it('the audit trail contains the requested id of a connector that does not exist', async () => {
  expect(await eventsOfRequest({ method: 'GET', url: URL })).toEqual([
    'connector_get failure not_found c1',
  ]);
});

it('the audit trail contains no event for a change that was refused before it started', async () => {
  await fixture.create('c1', body);
  const bad = { method: 'PUT', url: URL, body: { name: 'n', config: { note: 7 } } } as const;
  expect(await eventsOfRequest(bad)).toEqual([]);
});

it('a deletion writes one audit event per user whose authorization ends, in the name of the administrator', async () => {
  await fixture.create('c1', body);
  await fixture.connect('c1', ana);
  await fixture.connect('c1', ben);
  await fixture.inject({ method: 'DELETE', url: URL });
  await fixture.services.tokens.stop(1000);
  const ended = fixture.audit.events.filter(
    ({ action }) => action === 'connector_oauth_disconnect',
  );
  expect(ended.map(({ subjectProfileUid }) => subjectProfileUid).sort()).toEqual([
    'u_ana',
    'u_ben',
  ]);
  expect(ended.every(({ principal }) => principal.user?.username === 'ana')).toBe(true);
  const revoked = fixture.audit.events.filter(({ action }) => action === 'connector_oauth_revoke');
  expect(revoked).toHaveLength(4);
});

it('E63: the audit trail contains ids and codes, never a secret or a token', async () => {
  await fixture.create('c1', body);
  await fixture.connect('c1');
  fixture.idp.expireAccessTokens();
  fixture.api.response = () => ({ status: 401 });
  await fixture.execute('c1', { subAction: 'get' });
  await fixture.inject({ method: 'PUT', url: URL, body: { name: 'm', secrets: oauthApp() } });
  await fixture.inject({ method: 'DELETE', url: URL });
  await fixture.services.tokens.stop(1000);
  expect(fixture.audit.events.length).toBeGreaterThan(5);
  expect(JSON.stringify(fixture.audit.events)).not.toMatch(/development-/);
});
