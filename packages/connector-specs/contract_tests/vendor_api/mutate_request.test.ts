import { describe, expect, it } from 'vitest';
import type { OperationFacts, VendorFacts } from './facts.ts';
import { freePlacesOf, mutationsOf } from './mutate_request.ts';
import { object, parameter, text } from './written_facts.ts';

const PATH = '/items/{id}';
const REQUEST = { method: 'POST', url: '/items/a%2Fb', contentType: undefined, body: '' };

const factsOf = (operation: Partial<OperationFacts>): VendorFacts => ({
  source: { package: 'a', version: '1.0.0', licence: 'MIT', sha256: '', file: 'a.json' },
  basePath: '',
  operations: {
    [`POST ${PATH}`]: { parameters: [], body: undefined, responses: [], ...operation },
  },
});
const withBody = (type: string, schema: object) =>
  factsOf({ body: { isRequired: true, schemas: { [type]: { ...schema } } } });

describe('mistakes in a request', () => {
  it('cover the method, each query name, and characters that are not encoded', () => {
    const parameters = [parameter('query', 'q'), { ...parameter('query', 'n'), isRequired: true }];
    const url = `${REQUEST.url}?q=x%26y&n=1`;
    const found = mutationsOf({ ...REQUEST, url }, factsOf({ parameters }), `POST ${PATH}`);
    expect(found.map(({ mistake, method, url: sent }) => [mistake, method, sent])).toEqual([
      ['other verb', 'PUT', url],
      ['renamed name', 'POST', '/items/a%2Fb?qX=x%26y&n=1'],
      ['renamed name', 'POST', '/items/a%2Fb?q=x%26y&nX=1'],
      ['dropped required', 'POST', '/items/a%2Fb?q=x%26y'],
      ['skipped encoding', 'POST', '/items/a/b?q=x%26y&n=1'],
      ['skipped encoding', 'POST', '/items/a%2Fb?q=x&y&n=1'],
    ]);
  });

  it('cover each field of a form, and the omission of a required field', () => {
    const contentType = 'application/x-www-form-urlencoded';
    const schema = object({ a: text, b: text }, ['a']);
    const request = { ...REQUEST, url: '/items/1', contentType, body: 'a=1%262&b=2' };
    const found = mutationsOf(request, withBody(contentType, schema), `POST ${PATH}`);
    expect(found.slice(1).map(({ body }) => body)).toEqual([
      'aX=1%262&b=2',
      'b=2',
      'a=1%262&bX=2',
      'a=1&2&b=2',
    ]);
  });

  it('cover each field of a JSON body at any depth, except where the caller chooses the names', () => {
    const contentType = 'application/json';
    const item = object({ id: text, free: { type: 'object', additionalProperties: true } }, ['id']);
    const schema = object({ list: { type: 'array', items: item }, x: text });
    const body = JSON.stringify({ list: [{ id: 'a', free: { k: 1 } }, { id: 'b' }], x: 'y' });
    const request = { ...REQUEST, url: '/items/1', contentType, body };
    const facts = withBody(contentType, schema);
    const found = mutationsOf(request, facts, `POST ${PATH}`);
    expect(found.slice(1).map(({ mistake, place }) => [mistake, place])).toEqual([
      ['renamed name', 'list'],
      ['renamed name', 'list[].id'],
      ['dropped required', 'list[].id'],
      ['renamed name', 'list[].free'],
      ['renamed name', 'x'],
    ]);
    const operation = facts.operations[`POST ${PATH}`];
    expect(operation && freePlacesOf(request, operation)).toEqual(['list[].free']);
  });
});
