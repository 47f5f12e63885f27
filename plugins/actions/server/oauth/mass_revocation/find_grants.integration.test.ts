import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MANAGE_GRANTS } from '../../../common/index.ts';
import {
  aFlowSpec,
  anAppConnector,
  ana,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
} from '../flow/flow_fixture.mock.ts';

interface Found {
  readonly grants: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
  readonly username?: string;
  readonly users_cut_to?: number;
}

const SEARCH = '/internal/actions/grants';
/** Scopes with `openid`, so that the provider names the account. */
const SCOPE = 'openid files.read offline_access';
const root = anAuthenticatedUser({ username: 'root', profileUid: 'u_root' });

/** More users than a search by name can cover. */
const manyUsers = Array.from({ length: 501 }, (_, index) =>
  anAuthenticatedUser({ username: `crowd-${index}`, profileUid: `u_crowd_${index}` }),
);

let strict: FakeOAuthServer;
let fixture: FlowFixture;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    missing: ({ user }, privilege) =>
      privilege === MANAGE_GRANTS && user?.profileUid !== root.profileUid,
    users: [ana, ben, root, ...manyUsers],
  });
  for (const id of ['files', 'mail'])
    await fixture.create(
      id,
      anAppConnector('.strict', strict, strict.clients.basic, { scope: SCOPE }),
    );
  await connect(ana, 'ana', 'files');
  await connect(ben, 'ben', 'files');
  await connect(ana, 'ana', 'mail');
});
afterEach(() => fixture.close());

async function connect(user: typeof ana, as: 'ana' | 'ben', connectorId: string): Promise<void> {
  const testUser = aTestUser(user);
  const { body } = await fixture.start(testUser, connectorId);
  const arrival = await walkConsent(body.authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
  expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
  // Gives each grant its own instant, because the searches below sort by date.
  await fixture.clock.advance(1000);
}

const search = (query = '', as = root) =>
  fixture.as<Found>(aTestUser(as), { method: 'GET', url: `${SEARCH}${query}` });
const namesIn = ({ body }: Awaited<ReturnType<typeof search>>) =>
  body.grants.map((grant) => `${String(grant['username'])} ${String(grant['connector_id'])}`);

describe('the search over the authorizations of a space', () => {
  it('lists all authorizations, the latest first, with connector and account but without tokens', async () => {
    const found = await search();
    expect(namesIn(found)).toEqual(['ana mail', 'ben files', 'ana files']);
    expect(found.body.grants[0]).toMatchObject({
      profile_uid: 'u_ana',
      connector_name: 'mail',
      connection_status: 'connected',
      account: expect.any(String),
    });
    expect(found.text).not.toMatch(/token|secret/i);
    expect(fixture.audit.events.map(({ action }) => action)).toContain('connector_grants_find');
  });

  it('filters by user, connector and state, and returns the name of the filtered user', async () => {
    const ofAna = await search('?profile_uid=u_ana');
    expect(namesIn(ofAna)).toEqual(['ana mail', 'ana files']);
    expect(ofAna.body.username).toBe('ana');
    expect(namesIn(await search('?connector_id=files&sort_order=asc'))).toEqual([
      'ana files',
      'ben files',
    ]);
    expect(namesIn(await search('?connector_id=files&profile_uid=u_ben'))).toEqual(['ben files']);
    expect((await search('?status=needs_reauth')).body.total).toBe(0);
    expect((await search('?connector_id=other')).body.total).toBe(0);
    expect((await search('?status=wrong')).status).toBe(400);
  });

  it('finds users by a part of their username or full name', async () => {
    expect(namesIn(await search('?user=AN'))).toEqual(['ana mail', 'ana files']);
    const page = await search('?user=an&per_page=1&page=2');
    expect([namesIn(page), page.body.total]).toEqual([['ana files'], 2]);
    expect(namesIn(await search('?user=ben&connector_id=mail'))).toEqual([]);
    expect((await search('?user=zoe')).body.total).toBe(0);
    expect((await search('?user=an&profile_uid=u_ben')).body.total).toBe(0);
    expect((await search('?user=AN&profile_uid=u_ana')).body.total).toBe(2);
    expect((await search('?user=')).status).toBe(400);
  });

  it('returns the number of searched users when the name matches more', async () => {
    expect((await search('?user=crowd')).body).toMatchObject({ total: 0, users_cut_to: 500 });
    expect((await search('?user=crowd-1')).body).not.toHaveProperty('users_cut_to');
    const ofOne = await search('?user=crowd&profile_uid=u_crowd_500');
    expect(ofOne.body).not.toHaveProperty('users_cut_to');
  });

  it('returns pages with the total number', async () => {
    const second = await search('?per_page=2&page=2');
    expect([namesIn(second), second.body.total]).toEqual([['ana files'], 3]);
  });

  it('does not list authorizations that have ended', async () => {
    const url = '/api/actions/connector/files/grants/u_ana';
    await fixture.as(aTestUser(root), { method: 'DELETE', url });
    expect(namesIn(await search())).toEqual(['ana mail', 'ben files']);
  });

  it('F72: refuses users who lack the privilege', async () => {
    expect((await search('', ana)).status).toBe(403);
  });
});
