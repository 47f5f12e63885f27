import { describe, expect, it } from 'vitest';
import { graphqlCall } from './graphql_call.ts';

describe('the call in a GraphQL document', () => {
  it('has the arguments with the values of the variables, without unset ones', () => {
    const query = `query issues($after: String, $first: Int) {
      issues(
        after: $after
        first: $first
        filter: { team: { id: { eq: $team } }, labels: ["a", 1] }
        orderBy: updatedAt, includeArchived: true
      ) { nodes { id } }
    }`;
    expect(graphqlCall({ query, variables: { first: 5, team: 't' } })).toEqual([
      {
        name: 'issues',
        arguments: {
          first: 5,
          filter: { team: { id: { eq: 't' } }, labels: ['a', 1] },
          orderBy: 'updatedAt',
          includeArchived: true,
        },
      },
    ]);
  });

  it('has the first field, and fields below it that have arguments', () => {
    expect(graphqlCall({ query: 'query viewer { viewer { id } }' })).toEqual([
      { name: 'viewer', arguments: {} },
    ]);
    const query = 'query members($id: String!) { team(id: $id) { members(first: 3) { id } } }';
    expect(graphqlCall({ query, variables: { id: null } })).toEqual([
      { name: 'team', arguments: { id: null } },
      { name: 'members', arguments: { first: 3 } },
    ]);
  });
});
