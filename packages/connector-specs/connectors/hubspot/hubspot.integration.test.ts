import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { getSchemaForAuthType } from '../../schema/index.ts';
import { hubspot } from './hubspot.ts';

const api = useConnector(hubspot, {
  secrets: { authType: 'bearer', token: 'dev-canary-token' },
  response: () => ({ body: { results: [], total: 0 } }),
});
const { run, sent } = api;

const aRecord = (id: string, parts: object = {}) => ({
  id,
  properties: { email: `${id}@example.com`, phone: null },
  createdAt: '2030-01-01T00:00:00Z',
  updatedAt: '2030-01-02T00:00:00Z',
  ...parts,
});

describe('requests of the HubSpot actions', () => {
  const OBJECTS = '/crm/v3/objects';

  it.each([
    [
      'searchCrmObjects',
      { objectType: 'companies', query: 'acme', properties: ['name', 'domain'], after: '10' },
      {
        request: `POST ${OBJECTS}/companies/search`,
        body: { query: 'acme', properties: ['name', 'domain'], limit: 10, after: '10' },
      },
    ],
    [
      'searchCrmObjects',
      { objectType: 'tasks', properties: ['a', 'b c'], after: '' },
      { request: `GET ${OBJECTS}/tasks?properties=a&properties=b%20c&limit=10` },
    ],
    [
      'getCrmObject',
      { objectType: 'contacts', objectId: 'a/b' },
      { request: `GET ${OBJECTS}/contacts/a%2Fb` },
    ],
    [
      'searchDeals',
      { pipeline: 'p1', dealStage: 's1', ownerId: '7', limit: 5 },
      {
        request: `POST ${OBJECTS}/deals/search`,
        body: {
          limit: 5,
          properties: expect.arrayContaining(['dealname', 'amount', 'dealstage']),
          filterGroups: [
            {
              filters: [
                { propertyName: 'pipeline', operator: 'EQ', value: 'p1' },
                { propertyName: 'dealstage', operator: 'EQ', value: 's1' },
                { propertyName: 'hubspot_owner_id', operator: 'EQ', value: '7' },
              ],
            },
          ],
        },
      },
    ],
    [
      'searchDeals',
      { query: 'renewal' },
      {
        request: `POST ${OBJECTS}/deals/search`,
        body: { query: 'renewal', limit: 10, properties: expect.any(Array) },
      },
    ],
    ['listOwners', { after: 'c' }, { request: 'GET /crm/v3/owners?limit=20&after=c' }],
    ['listPipelines', {}, { request: 'GET /crm/v3/pipelines/deals' }],
    ['listPipelines', { objectType: 'deals' }, { request: 'GET /crm/v3/pipelines/deals' }],
    ['listPipelines', { objectType: 'tickets' }, { request: 'GET /crm/v3/pipelines/tickets' }],
  ])('%s with the input %j sends %j', async (name, input, expected) => {
    await run(name, input).catch(() => undefined);
    expect(sent()).toEqual([expected]);
  });

  it('are one search per type when a search covers all types', async () => {
    expect(await run('searchBroad', { query: 'acme' })).toEqual({
      contacts: [],
      companies: [],
      deals: [],
      tickets: [],
    });
    const types = ['contacts', 'companies', 'deals', 'tickets'];
    const requests = types.map((type) => ({
      request: `POST ${OBJECTS}/${type}/search`,
      body: { query: 'acme', limit: 5 },
    }));
    expect(sent()).toHaveLength(4);
    expect(sent()).toEqual(expect.arrayContaining(requests));
  });

  it.each([
    ['searchCrmObjects', { objectType: 'leads' }],
    ['searchCrmObjects', { objectType: 'contacts', limit: 101 }],
    ['searchCrmObjects', { objectType: 'deals', includeAssociatedDeals: true }],
    ['getCrmObject', { objectType: 'deals', objectId: '..' }],
    ['searchBroad', { query: '' }],
    ['listPipelines', { objectType: 'contacts' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect((async () => run(name, input))()).rejects.toThrow();
    expect(api.received).toEqual([]);
  });
});

describe('results of the HubSpot actions', () => {
  it('are contacts with the ids of their deals, and the next page', async () => {
    api.response = ({ url }) => ({
      body: url.includes('associations')
        ? { results: [{ from: { id: 'c1' }, to: [{ id: 'd1', type: 'contact_to_deal' }] }] }
        : {
            total: 12,
            results: [aRecord('c1'), aRecord('c2')],
            paging: { next: { after: '2', link: 'x' } },
          },
    });
    const input = { objectType: 'contacts', query: 'a', includeAssociatedDeals: true };
    expect(await run('searchCrmObjects', input)).toEqual({
      items: [
        { ...aRecord('c1'), associatedDealIds: ['d1'] },
        { ...aRecord('c2'), associatedDealIds: [] },
      ],
      nextCursor: '2',
      total: 12,
    });
    expect(sent()[1]).toEqual({
      request: 'POST /crm/v3/associations/contacts/deals/batch/read',
      body: { inputs: [{ id: 'c1' }, { id: 'c2' }] },
    });
  });

  it('say for a contact that HubSpot did not return all of its deals', async () => {
    const paging = { next: { after: 'NTAw' } };
    api.response = ({ url }) => ({
      body: url.includes('associations')
        ? { results: [{ from: { id: 'c1' }, to: [{ id: 'd1' }], paging }] }
        : { results: [aRecord('c1')] },
    });
    const input = { objectType: 'contacts', includeAssociatedDeals: true };
    expect(await run('searchCrmObjects', input)).toEqual({
      items: [{ ...aRecord('c1'), associatedDealIds: ['d1'], hasMoreDeals: true }],
    });
  });

  it('contain the following pages on request, with the deals of 100 contacts per request', async () => {
    const contacts = Array.from({ length: 150 }, (_, index) => aRecord(`c${index}`));
    api.response = ({ url, body }) => {
      if (url.includes('associations')) {
        const { inputs }: { inputs: { id: string }[] } = JSON.parse(body);
        return {
          body: { results: inputs.map((from) => ({ from, to: [{ id: `d-${from.id}` }] })) },
        };
      }
      return body.includes('"after":"100"')
        ? { body: { results: contacts.slice(100) } }
        : { body: { results: contacts.slice(0, 100), paging: { next: { after: '100' } } } };
    };
    const list = { objectType: 'contacts', query: 'a', limit: 100, all: true };
    expect(await run('searchCrmObjects', { ...list, includeAssociatedDeals: true })).toEqual({
      items: contacts.map((one) => ({ ...one, associatedDealIds: [`d-${one.id}`] })),
    });
    const batches = sent().filter(({ request }) => request.includes('associations'));
    expect(batches.map(({ body }) => body.inputs.length).sort()).toEqual([100, 50]);
    expect(await run('searchDeals', { limit: 100, all: true })).toEqual({ items: contacts });
  });

  it('end at the maximum of a search, and report that they are incomplete', async () => {
    const body = { results: [aRecord('1')], total: 25_000, paging: { next: { after: '10000' } } };
    api.response = () => ({ body });
    const search = { objectType: 'contacts', query: 'a', limit: 100 };
    expect(await run('searchCrmObjects', { ...search, after: '9950' })).toEqual({
      items: [aRecord('1')],
      total: 25_000,
      notice: expect.stringContaining('only the first 10000 of 25000'),
    });
    expect(sent()[0]?.body).toMatchObject({ after: '9950', limit: 50 });
    await expect(run('searchDeals', { after: '10000' })).rejects.toThrow('only the first 10000');
    expect(sent()).toHaveLength(1);
  });

  it('are a ticket with its notes', async () => {
    const associations = { notes: { results: [{ id: 'n1', type: 'ticket_to_note' }] } };
    const note = aRecord('n1', { properties: { hs_note_body: 'Call back' } });
    api.response = ({ url }) => ({
      body: url.includes('notes/batch') ? { results: [note] } : aRecord('t1', { associations }),
    });
    const input = { objectType: 'tickets', objectId: 't1', properties: ['subject'] };
    expect(await run('getCrmObject', input)).toEqual({ ...aRecord('t1'), notes: [note] });
    expect(sent()).toEqual([
      { request: 'GET /crm/v3/objects/tickets/t1?properties=subject&associations=notes' },
      {
        request: 'POST /crm/v3/objects/notes/batch/read',
        body: {
          inputs: [{ id: 'n1' }],
          properties: ['hs_note_body', 'hs_timestamp', 'hubspot_owner_id'],
          propertiesWithHistory: [],
        },
      },
    ]);
  });

  it('contain a ticket without notes, and no further request is sent', async () => {
    api.response = () => ({ body: aRecord('t1') });
    const input = { objectType: 'tickets', objectId: 't1' };
    expect(await run('getCrmObject', input)).toEqual({ ...aRecord('t1'), notes: [] });
    expect(api.received).toHaveLength(1);
  });
});

describe('errors of the HubSpot actions', () => {
  const fails = (status: number, category: string, headers = {}) => {
    const message = 'Not permitted. Bearer dev-canary-token';
    const body = { status: 'error', category, message, correlationId: 'c-1' };
    api.response = () => ({ status, headers, body });
    return run('listOwners', {}).catch((error: unknown) => error);
  };

  it('have category, message and correlation id, without the token', async () => {
    const error = await fails(404, 'OBJECT_NOT_FOUND');
    expect(error).toMatchObject({
      message: 'HubSpot API error (404): OBJECT_NOT_FOUND: Not permitted. Bearer […] [request c-1]',
      whoActs: 'user',
    });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  it('contain the messages of the single errors in the response', async () => {
    const errors = [{ message: 'limit must be at most 100', code: 'PAGING_LIMIT' }];
    const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'Invalid', errors };
    api.response = () => ({ status: 400, body });
    await expect(run('listOwners', {})).rejects.toThrow('Invalid (limit must be at most 100)');
  });

  it('state how long to wait after a rate limit', async () => {
    expect(await fails(429, 'RATE_LIMITS', { 'retry-after': '30' })).toMatchObject({
      isRateLimit: true,
      retryAfterMs: 30_000,
      whoActs: 'nobody',
    });
  });

  it('are rate limits when they have the category of a rate limit, whatever their status', async () => {
    const headers = { 'retry-after': '30' };
    expect(await fails(403, 'RATE_LIMITS', headers)).toMatchObject({ isRateLimit: true });
  });

  it('say that an administrator must act when the shared token lacks a scope', async () => {
    expect(await fails(403, 'MISSING_SCOPES')).toMatchObject({ whoActs: 'administrator' });
  });
});

describe('the authentication of the HubSpot connector', () => {
  it('uses versioned endpoints, because HubSpot removes the older ones in 2027', () => {
    const entry = hubspot.auth?.types[1] ?? '';
    const secrets = { authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 's' };
    expect(getSchemaForAuthType(entry).schema.parse(secrets)).toMatchObject({
      authorizationUrl: 'https://app.hubspot.com/oauth/authorize',
      tokenUrl: 'https://api.hubapi.com/oauth/2026-03/token',
      scope: expect.stringMatching(
        /^crm\.objects\.contacts\.read .* tickets sales-email-read .*owners\.read$/,
      ),
    });
  });
});
