import { describe, expect, it } from 'vitest';
import { VendorDescription } from './extract_facts.ts';
import { entryOfRoute, factsOf } from './manifest.ts';

const facts = { parameters: [], body: undefined, responses: [] };

describe('the facts of an operation', () => {
  const operations = { 'GET /items/{id}': facts, 'GET /items/{id}/notes/{id2}': facts };

  it('are found by the positions of the path parameters, not by their names', () => {
    const route = 'GET /items/{itemId}/notes/{noteId}';
    expect(entryOfRoute(operations, route)?.[0]).toBe('GET /items/{id}/notes/{id2}');
    expect(factsOf(operations, { route: 'GET /items/{itemId}', document: undefined })).toBe(facts);
  });

  it.each(['GET /items/{itemId}/notes', 'POST /items/{itemId}', 'GET /items/id'])(
    'are not found for %s',
    (route) => expect(entryOfRoute(operations, route)).toBeUndefined(),
  );
});

describe('the route of a description', () => {
  const description = new VendorDescription({
    paths: { '/items/{item-id}': {}, '/items/{id}/{kind}': {} },
  });

  it('has the parameter names of the vendor', () => {
    expect(description.routeOf('GET /items/{itemId}')).toBe('GET /items/{item-id}');
    expect(() => description.routeOf('GET /things/{id}')).toThrow('no path');
  });
});
