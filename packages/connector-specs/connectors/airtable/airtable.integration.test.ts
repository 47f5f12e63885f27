import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import type { ServiceResponse } from '../../contract_tests/local_service.ts';
import { airtable } from './airtable.ts';

const service = useConnector(airtable, {
  secrets: { authType: 'oauth_authorization_code' },
  getToken: async () => 'Bearer dev-canary-token',
  response: () => ({ body: { id: 'recA1', fields: {}, records: [], deleted: true } }),
});
const { run } = service;

const sent = () => service.sent();

const table = { baseId: 'appA1', tableIdOrName: 'Tasks' };

describe('requests of the Airtable actions', () => {
  it.each([
    ['listRecords', { ...table, pageSize: 101 }],
    ['listRecords', { ...table, sort: [{ field: 'a', direction: 'up' }] }],
    ['listRecords', { ...table, baseId: 'meta' }],
    ['getRecord', { ...table, recordId: 'rec../x' }],
    ['createRecords', { ...table, records: [] }],
    ['createRecords', { ...table, records: Array(11).fill({ fields: {} }) }],
    ['updateRecords', { ...table, records: [{ fields: {} }] }],
    ['deleteRecord', { ...table, tableIdOrName: '..', recordId: 'recA1' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(sent()).toEqual([]);
  });

  it('listRecords sends its inputs in the body if the URL would be too long for Airtable', async () => {
    const formula = `{Name} = '${'\u6f22'.repeat(2_000)}'`;
    await run('listRecords', { ...table, filterByFormula: formula, sort: [{ field: 'Name' }] });
    await run('listRecords', { ...table, filterByFormula: "{Name} = 'a'" });
    expect(sent()).toEqual([
      {
        request: 'POST /v0/appA1/Tasks/listRecords',
        body: {
          filterByFormula: formula,
          sort: [{ field: 'Name', direction: 'asc' }],
          pageSize: 100,
        },
      },
      {
        request: 'GET /v0/appA1/Tasks?filterByFormula=%7BName%7D%20%3D%20%27a%27&pageSize=100',
      },
    ]);
  });
});

describe('results of the Airtable actions', () => {
  const aRecord = (id: string) => ({
    id,
    createdTime: '2026-03-02T10:30:00.000Z',
    fields: { Name: id },
  });

  it('are records, and include the following pages on request', async () => {
    service.response = ({ url }) => ({
      body: url.includes('offset=itr2')
        ? { records: [aRecord('recB')] }
        : { records: [aRecord('recA')], offset: 'itr2' },
    });
    expect(await run('listRecords', table)).toEqual({ records: [aRecord('recA')], offset: 'itr2' });
    expect(await run('listRecords', { ...table, all: true })).toEqual({
      records: [aRecord('recA'), aRecord('recB')],
    });
  });

  it('are the tables of a base with their fields and views', async () => {
    const field = { id: 'fld1', name: 'Status', type: 'singleSelect', options: { choices: [] } };
    const tables = [
      { id: 'tbl1', name: 'Tasks', primaryFieldId: 'fld1', fields: [field], views: [] },
    ];
    service.response = () => ({ body: { tables } });
    expect(await run('getBaseSchema', { baseId: 'appA1' })).toEqual({ tables });
  });
});

describe('errors of the Airtable actions', () => {
  const failWith = (response: ServiceResponse, name = 'getRecord') => {
    service.response = () => response;
    const input = { ...table, recordId: 'recA1' };
    return run(name, name === 'listRecords' ? table : input).catch((error: unknown) => error);
  };

  it.each([
    [
      404,
      { error: 'NOT_FOUND' },
      { message: 'Airtable API error (404): NOT_FOUND', reason: 'NOT_FOUND', whoActs: 'user' },
    ],
    [
      422,
      { error: { type: 'INVALID_VALUE_FOR_COLUMN', message: 'No: Bearer dev-canary-token' } },
      {
        message: 'Airtable API error (422): INVALID_VALUE_FOR_COLUMN: No: Bearer […]',
        whoActs: 'user',
      },
    ],
    [
      403,
      { errors: [{ error: 'INVALID_PERMISSIONS', message: 'Not permitted' }] },
      { message: 'Airtable API error (403): INVALID_PERMISSIONS: Not permitted', whoActs: 'user' },
    ],
  ])(
    'have the code and the message of the status %i and the body %j',
    async (status, body, expected) => {
      expect(await failWith({ status, body })).toMatchObject(expected);
    },
  );

  it('say that an administrator must act when all calls of the plan are used', async () => {
    const body = { errors: [{ error: 'PUBLIC_API_BILLING_LIMIT_EXCEEDED', message: 'Limit' }] };
    expect(await failWith({ status: 429, body }, 'listRecords')).toMatchObject({
      isRateLimit: false,
      retryAfterMs: undefined,
      whoActs: 'administrator',
    });
  });

  it('state a wait of 30 s after a rate limit, although the response states no wait', async () => {
    const body = { errors: [{ error: 'RATE_LIMIT_REACHED', message: 'Try again later' }] };
    expect(await failWith({ status: 429, body }, 'listRecords')).toMatchObject({
      isRateLimit: true,
      retryAfterMs: 30_000,
      whoActs: 'nobody',
    });
    expect(sent()).toHaveLength(1);
  });

  it('are reported after retries with short waits when the service stays unavailable', async () => {
    expect(await failWith({ status: 503 })).toMatchObject({ status: 503, retryAfterMs: undefined });
    expect(sent()).toHaveLength(3);
  });
});

it('the authorization of Airtable requests the scopes of all actions', () => {
  expect(airtable.auth?.types).toMatchObject([
    {
      type: 'oauth_authorization_code',
      defaults: {
        authorizationUrl: 'https://airtable.com/oauth2/v1/authorize',
        tokenUrl: 'https://airtable.com/oauth2/v1/token',
        scope: 'user.email:read data.records:read data.records:write schema.bases:read',
      },
    },
  ]);
});
