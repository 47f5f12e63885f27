import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { connectionOf, connectionPages, documentOf, selectionOf } from './graphql_document.ts';

const item = z.object({
  id: z.string(),
  owner: z.object({ name: z.string() }).nullish(),
  labels: z.array(z.object({ id: z.string() })),
});

describe('a GraphQL document', () => {
  it('selects the fields of the output, also in optional objects and lists', () => {
    expect(selectionOf(item)).toBe('id owner { name } labels { id }');
    expect(connectionOf(z.object({ id: z.string() }))).toBe(
      'nodes { id } pageInfo { hasNextPage endCursor }',
    );
  });

  it('has the selection of an output as that of its field', () => {
    expect(documentOf('query item', { id: 'ID!' }, item)).toBe(
      'query item($id: ID!) { item(id: $id) { id owner { name } labels { id } } }',
    );
  });

  it('has its items and next page at the paths of its connection', () => {
    expect(connectionPages('team.items')).toMatchObject({
      items: 'team.items.nodes',
      path: 'team.items.pageInfo.endCursor',
      hasMore: 'team.items.pageInfo.hasNextPage',
    });
  });

  it('passes each variable as the argument of its name', () => {
    expect(documentOf('mutation itemUpdate', { id: 'ID!', input: 'ItemInput!' }, 'id')).toBe(
      'mutation itemUpdate($id: ID!, $input: ItemInput!) { itemUpdate(id: $id, input: $input) { id } }',
    );
  });

  it('omits a top-level variable that further arguments or the parent already contain', () => {
    const variables = { first: 'Int', teamId: 'ID!' };
    expect(documentOf('query items', variables, 'id', { args: 'filter: { team: $teamId }' })).toBe(
      'query items($first: Int, $teamId: ID!) { items(first: $first, filter: { team: $teamId }) { id } }',
    );
    expect(documentOf('query items', variables, 'id', { parent: 'team(id: $teamId)' })).toBe(
      'query items($first: Int, $teamId: ID!) { team(id: $teamId) { items(first: $first) { id } } }',
    );
  });
});
