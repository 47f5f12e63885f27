import type { ContractFixtures } from './fixtures.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Fixtures of a type whose `request` action takes the shared request input. `path` and `url`
 * exclude each other. A JSON Schema does not state this.
 */
export const requestFixtures: ContractFixtures = {
  config: { url: 'https://service.test/base' },
  inputs: {
    request: [
      {},
      { path: `/${'a'.repeat(4_000)}`, query: { q: ['a', 1, true] }, headers: { 'X-A': 'b' } },
      { url: 'https://service.test/base/items?page=2' },
      { method: 'POST', body: { a: [1] } },
      { method: 'POST', body: [1, 2] },
      { method: 'PUT', body: 'x'.repeat(100_000), fetcher: { follow_redirects: false } },
      ...METHODS.map((method) => ({ method, path: 'items/1' })),
    ],
  },
};
