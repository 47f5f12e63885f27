import { describe, expect, it } from 'vitest';
import type { DocumentNode, GraphqlLibrary } from './documents.ts';
import { operationFacts } from './operation_facts.ts';
import { schemaLanguageOf } from './schema_language.ts';
import { SdkTypes } from './sdk_types.ts';

// These declarations have the form that GraphQL Code Generator writes.
const types = new SdkTypes(`
type Scalars = { ID: string; String: string; DateTime: Date; };
declare enum Order { Created = "created", Updated = "updated" }
type Filter = { and?: InputMaybe<Array<Filter>>; title?: InputMaybe<Scalars["String"]>; kind: Scalars["String"]; };
type QueryItemsArgs = { filter?: InputMaybe<Filter>; orderBy?: InputMaybe<Order>; };
type Node = { id: Scalars["ID"]; };
type Item = Node & { __typename?: "Item"; id: Scalars["ID"]; due?: Maybe<Scalars["DateTime"]>; parts: Array<Item>; };
type Query = { __typename?: "Query"; items: Array<Item>; };
`);

const name = (value: string) => ({ value });
const named = (value: string) => ({ kind: 'NamedType', name: name(value) }) as const;
const field = (value: string, ...selections: ReturnType<typeof name>[]) => ({
  kind: 'Field',
  name: name(value),
  ...(selections.length === 0
    ? {}
    : { selectionSet: { selections: selections.map((one) => ({ kind: 'Field', name: one })) } }),
});
const document = (...fields: string[]): DocumentNode => ({
  definitions: [
    {
      operation: 'query',
      variableDefinitions: [
        { variable: { name: name('filter') }, type: named('Filter') },
        {
          variable: { name: name('orderBy') },
          type: { kind: 'NonNullType', type: named('Order') },
        },
      ],
      selectionSet: { selections: [field('items', ...fields.map(name))] },
    },
  ],
});
const sources = (parsed: DocumentNode, problems: readonly string[] = []) => {
  const schemas: string[] = [];
  const library: GraphqlLibrary = {
    parse: () => parsed,
    buildSchema: (sdl) => {
      schemas.push(sdl);
      return {};
    },
    validate: () => problems.map((message) => ({ message })),
  };
  return { schemas, sources: { types, library, scalars: { DateTime: 'string' } } };
};

describe('the facts of a GraphQL operation', () => {
  const request = { document: 'query items', samples: [{ filter: { title: 'a' } }, {}] };

  it('contain the types of variables, without unused fields, and the type of the response', () => {
    const facts = operationFacts(sources(document('id', 'due')).sources, request);
    expect(facts.body?.schemas['application/json']).toEqual({
      type: 'object',
      required: ['query', 'variables'],
      properties: {
        query: { const: 'query items' },
        variables: {
          type: 'object',
          required: ['orderBy'],
          properties: {
            filter: {
              type: ['object', 'null'],
              required: ['kind'],
              properties: { title: { type: ['string', 'null'] }, kind: { type: 'string' } },
            },
            orderBy: { type: 'string', enum: ['created', 'updated'] },
          },
        },
      },
    });
    expect(facts.responses[0]?.schema).toMatchObject({
      properties: {
        data: {
          required: ['items'],
          properties: {
            items: {
              type: 'array',
              items: {
                required: ['id', 'due'],
                properties: { id: { type: 'string' }, due: { type: ['string', 'null'] } },
              },
            },
          },
        },
      },
    });
  });

  it('cannot be created for a document that the used part of the schema does not permit', () => {
    const { schemas, sources: used } = sources(document('id'), ['Unknown type "X".']);
    expect(() => operationFacts(used, request)).toThrow('Unknown type "X". in query items');
    expect(schemas).toEqual([
      [
        'scalar DateTime',
        'input Filter { and: [Filter!] title: String kind: String! }',
        'enum Order { created updated }',
        'type Query { items(filter: Filter orderBy: Order): [Item!]! }',
        'type Item { id: ID! }',
      ].join('\n'),
    ]);
  });

  it('cannot be created for a field that the schema lacks', () => {
    const [operation] = document('title').definitions;
    if (operation === undefined) throw new Error('no operation');
    expect(() => schemaLanguageOf(types, operation, [])).toThrow('[Item] has no field [title]');
  });
});
