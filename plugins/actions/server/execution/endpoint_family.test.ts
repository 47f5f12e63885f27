import { describe, expect, it } from 'vitest';
import { endpointFamily, mayBeSameEndpoint } from './endpoint_family.ts';

const areSame = (a: string, b: string) => mayBeSameEndpoint(endpointFamily(a), endpointFamily(b));

describe('two paths', () => {
  it.each([
    ['differ in a number', '/items/1', '/items/2'],
    [
      'differ in a UUID',
      '/v1/items/5f0c2a34-1b7e-4a08-9d0c-0a1b2c3d4e5f',
      '/v1/items/0a1b2c3d-4e5f-4a08-9d0c-5f0c2a341b7e',
    ],
    ['differ in a name below a resource', '/users/ana', '/users/ben'],
    ['differ in a name in the middle', '/repos/acme/site/issues', '/repos/acme/shop/issues'],
    ['are parts of one resource', '/repos/acme/site/issues', '/repos/acme/site/pulls'],
    ['differ in the first name, and the remainder is the same', '/ana/files', '/ben/files'],
    ['differ in a version', '/v1/items', '/v2/items'],
    ['differ in an id before the resource', '/v1/4711/items', '/v1/4712/items'],
    ['differ in names behind an id', '/items/1/data/one', '/items/2/data/two'],
    ['differ behind a month', '/reports/2024-10/sales', '/reports/2024-10/costs'],
    ['differ behind a number with a point', '/projects/2.0/issues', '/projects/2.0/wiki'],
    ['consist of ids', '/4711', '/4712'],
    ['differ in a mail address', '/ana@example.test', '/ben@example.test'],
  ])('count as one endpoint when they %s', (_case, a, b) => {
    expect([areSame(a, b), areSame(b, a)]).toEqual([true, true]);
  });

  it.each([
    ['/a', '/b'],
    ['/user', '/repos/acme/site'],
    ['/api/v2/items/1', '/api/v2/users/1'],
    ['/rest/api/3/issue/A-1', '/rest/api/3/project/A'],
    ['/ex/jira/5f0c2a34-1b7e/rest/api/3/issue', '/ex/jira/5f0c2a34-1b7e/rest/api/3/project'],
    ['/services/data/v58.0/sobjects/Account', '/services/data/v58.0/query'],
    ['/drive/v3/files', '/drive/v3/about'],
    ['/2.0/items', '/2.0/users'],
    ['/api/chat.postMessage', '/api/conversations.list'],
    ['/admin/api/2024-10/orders', '/admin/api/2024-10/products'],
  ])('count as two endpoints: %s and %s', (a, b) => {
    expect([areSame(a, b), areSame(b, a)]).toEqual([false, false]);
  });
});
