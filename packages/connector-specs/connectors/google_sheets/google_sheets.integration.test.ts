import { describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { googleSheets } from './google_sheets.ts';

const SPREADSHEETS = 'https://www.googleapis.com/auth/spreadsheets';
const FIELDS =
  'spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),sheets.properties,namedRanges(namedRangeId,name)';

const service = useConnector(googleSheets, {
  secrets: { authType: 'ears' },
  response: () => ({ body: { spreadsheetId: 's1' } }),
  basePath: '/v4/spreadsheets',
});
const { run, sent } = service;

const spreadsheetId = 's1';
const values = [
  ['Ana', 3],
  ['=SUM(B1)', true, null, ''],
];

describe('requests of the Google Sheets actions', () => {
  it.each([
    ['getSpreadsheet', {}, { request: `GET /s1?${new URLSearchParams({ fields: FIELDS })}` }],
    [
      'readRange',
      { range: "'Q1/Q2'!A1:B2", valueRenderOption: 'FORMULA' },
      { request: "GET /s1/values/'Q1%2FQ2'!A1%3AB2?valueRenderOption=FORMULA" },
    ],
    [
      'readRanges',
      { ranges: ['A1:B2', 'Sales'], majorDimension: 'COLUMNS' },
      { request: 'GET /s1/values:batchGet?ranges=A1%3AB2&ranges=Sales&majorDimension=COLUMNS' },
    ],
    [
      'appendRows',
      { range: 'Sales', values },
      {
        request: 'POST /s1/values/Sales:append?insertDataOption=INSERT_ROWS&valueInputOption=RAW',
        body: { values },
      },
    ],
    [
      'updateRange',
      { range: 'A1:D2', values, valueInputOption: 'USER_ENTERED', majorDimension: 'ROWS' },
      {
        request: 'PUT /s1/values/A1%3AD2?valueInputOption=USER_ENTERED',
        body: { values, majorDimension: 'ROWS' },
      },
    ],
    ['clearRange', { range: 'A1:D2' }, { request: 'POST /s1/values/A1%3AD2:clear' }],
  ])('%s with the input %j sends %j', async (name, input, expected) => {
    await run(name, { spreadsheetId, ...input });
    expect(sent()).toEqual([expected]);
  });

  it('create a spreadsheet with the named sheets', async () => {
    await run('createSpreadsheet', { title: 'Plan', sheetTitles: ['A', 'B'] });
    expect(sent()).toEqual([
      {
        request: `POST ?${new URLSearchParams({ fields: FIELDS })}`,
        body: {
          properties: { title: 'Plan' },
          sheets: [{ properties: { title: 'A' } }, { properties: { title: 'B' } }],
        },
      },
    ]);
  });

  it('add a sheet with the default size of Google if no size is given', async () => {
    service.response = () => ({ body: { replies: [{ addSheet: { properties: {} } }] } });
    await run('addSheet', { spreadsheetId, title: 'New' });
    const sentProperties = { title: 'New', gridProperties: {} };
    expect(sent()).toEqual([
      {
        request: 'POST /s1:batchUpdate',
        body: { requests: [{ addSheet: { properties: sentProperties } }] },
      },
    ]);
  });

  it('add a sheet and return it', async () => {
    const properties = { sheetId: 7, title: 'New', index: 1, gridProperties: { rowCount: 5 } };
    service.response = () => ({ body: { replies: [{ addSheet: { properties } }] } });
    const input = { spreadsheetId, title: 'New', index: 1, rowCount: 5 };
    expect(await run('addSheet', input)).toEqual(properties);
    const sentProperties = { title: 'New', index: 1, gridProperties: { rowCount: 5 } };
    expect(sent()).toEqual([
      {
        request: 'POST /s1:batchUpdate',
        body: { requests: [{ addSheet: { properties: sentProperties } }] },
      },
    ]);
  });

  it.each([
    ['readRange', { range: '' }],
    ['readRanges', { ranges: [] }],
    ['appendRows', { range: 'A1', values: [] }],
    ['appendRows', { range: 'A1', values: [[{}]] }],
    ['updateRange', { range: 'A1', values, valueInputOption: 'INPUT_VALUE_OPTION_UNSPECIFIED' }],
    ['clearRange', { range: '..' }],
    ['addSheet', { title: '' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, { spreadsheetId, ...input })).rejects.toThrow();
    expect(sent()).toEqual([]);
  });

  it.each([
    ['appendRows', { range: 'A1', values }, 1],
    ['updateRange', { range: 'A1', values }, 3],
    ['clearRange', { range: 'A1' }, 3],
  ])(
    'of %s are repeated after a failure only if the repetition changes nothing',
    async (name, input, calls) => {
      service.response = () => ({ status: 503 });
      await expect(run(name, { spreadsheetId, ...input })).rejects.toMatchObject({ status: 503 });
      expect(sent()).toHaveLength(calls);
    },
  );
});

describe('results of the Google Sheets actions', () => {
  it('are the values of a range, and an empty list when Google omits the values', async () => {
    service.response = () => ({ body: { range: 'A1:B2', majorDimension: 'ROWS' } });
    const input = { spreadsheetId, range: 'A1:B2' };
    expect(await run('readRange', input)).toEqual({
      range: 'A1:B2',
      majorDimension: 'ROWS',
      values: [],
    });
  });

  it('are errors with the code of Google when a request fails', async () => {
    const error = { code: 400, message: 'Unable to parse range: X', status: 'INVALID_ARGUMENT' };
    service.response = () => ({ status: 400, body: { error } });
    await expect(run('readRange', { spreadsheetId, range: 'X' })).rejects.toMatchObject({
      message: 'Google Sheets API error (400): INVALID_ARGUMENT: Unable to parse range: X',
      whoActs: 'user',
    });
  });
});

describe('the connection test of Google Sheets', () => {
  const fails = (status: number, reason: string) => {
    service.response = () => ({ status, body: { error: { code: status, status: reason } } });
  };
  const test = async () => service.test();

  it('passes without a spreadsheet, because Google checks the credentials first', async () => {
    fails(404, 'NOT_FOUND');
    await expect(test()).resolves.toEqual({});
    expect(sent()).toHaveLength(1);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'PERMISSION_DENIED'],
  ])('fails for the status %i', async (status, reason) => {
    fails(status, reason);
    await expect(test()).rejects.toMatchObject({ status, reason });
  });
});

it('the scopes of Google Sheets include those for reading the name of the account', () => {
  const scope = `openid email ${SPREADSHEETS}`;
  expect(googleSheets.auth?.types).toMatchObject([
    { type: 'oauth_authorization_code', defaults: { scope } },
    { type: 'ears', defaults: { provider: 'google', scope } },
  ]);
});
