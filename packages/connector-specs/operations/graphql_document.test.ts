import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectionOf, fieldOf, selectionOf } from './graphql_document.ts';

const item = z.object({
  id: z.string(),
  owner: z.object({ name: z.string() }).nullish(),
  labels: z.array(z.object({ id: z.string() })),
});

describe('a GraphQL document', () => {
  const id = z.object({ id: z.string() });

  it('selects the fields of the output, including those of optional objects and lists', () => {
    expect(selectionOf(item)).toBe('id owner { name } labels { id }');
  });

  it('requests the field of its name, whose output is a member of the result', () => {
    const { document, output } = fieldOf('query item', { id: 'ID!' }, id);
    expect(document).toBe('query item($id: ID!) { item(id: $id) { id } }');
    expect(output.parse({ item: { id: 'a', x: 1 } })).toEqual({ item: { id: 'a' } });
  });

  it('passes each variable as the argument of its name', () => {
    const variables = { id: 'ID!', input: 'ItemInput!' };
    expect(fieldOf('mutation itemUpdate', variables, id).document).toBe(
      'mutation itemUpdate($id: ID!, $input: ItemInput!) { itemUpdate(id: $id, input: $input) { id } }',
    );
  });

  const PAGE = 'nodes { id } pageInfo { hasNextPage endCursor }';

  it('has the items and the next page of a list at the paths of its connection', () => {
    const { document, pages } = connectionOf('items', id, { variables: { first: 'Int' } });
    expect(document).toBe(`query items($first: Int) { items(first: $first) { ${PAGE} } }`);
    expect(pages).toMatchObject({
      items: 'items.nodes',
      path: 'items.pageInfo.endCursor',
      hasMore: 'items.pageInfo.hasNextPage',
    });
  });

  it('does not pass a variable as an argument that further arguments or the parent contain', () => {
    const variables = { first: 'Int', teamId: 'ID!' };
    const filtered = connectionOf('items', id, { variables, args: 'filter: { team: $teamId }' });
    expect(filtered.document).toBe(
      `query items($first: Int, $teamId: ID!) { items(first: $first, filter: { team: $teamId }) { ${PAGE} } }`,
    );
    const ofTeam = connectionOf('items', id, { variables, parent: 'team(id: $teamId)' });
    expect(ofTeam.document).toBe(
      `query items($first: Int, $teamId: ID!) { team(id: $teamId) { items(first: $first) { ${PAGE} } } }`,
    );
    expect(ofTeam.pages.items).toBe('team.items.nodes');
  });
});
