import { z } from 'zod';
import {
  connectionOf,
  connectionPages,
  defineApi,
  documentOf,
  pageCursor,
  pageSize,
  textOf,
} from '../../operations/index.ts';

/** Origin of the GraphQL API. */
export const LINEAR_API = 'https://api.linear.app';

/** Declares operations of Linear's GraphQL API. */
export const { query } = defineApi({
  name: 'Linear API',
  baseUrl: LINEAR_API,
  provider: 'linear',
  // `write` includes `read`, so a grant of both may name `write` only.
  oauthScopes: { read: [['read', 'write']], change: ['write'] },
  errors: { requestIdHeader: 'x-request-id' },
});

/** Id of an object, at most 64 characters. */
export const id = () => textOf(64);
/** Id of a team. */
export const teamId = () => id().describe('Id of the team, as in the result of listTeams');
/** Output of an object that is shown by its name. */
export const named = z.object({ id: z.string(), name: z.string() });

/** Inputs of a list. */
export const listPage = {
  first: pageSize('Results', { max: 100, byDefault: 50 }),
  after: pageCursor(1_024),
  orderBy: z
    .enum(['createdAt', 'updatedAt'])
    .optional()
    .describe('Order, the latest first. Default: createdAt'),
};

/** Types of the variables of {@link listPage} in a document. */
const PAGE = { first: 'Int', after: 'String', orderBy: 'PaginationOrderBy' } as const;

/**
 * The document of a list, for example `query teams($first: Int, …) { teams(first: $first, …) {
 * nodes { id … } pageInfo { hasNextPage endCursor } } }`.
 * @param variables variables besides those of {@link listPage}, with their types
 * @param other see `documentOf`
 */
export const listDocument = (
  name: string,
  item: z.ZodObject,
  variables: Readonly<Record<string, string>> = {},
  other: Parameters<typeof documentOf>[3] = {},
) => documentOf(`query ${name}`, { ...PAGE, ...variables }, connectionOf(item), other);

/** Items and next page of a list. */
export const listOf = <const L extends string, O extends z.ZodObject>(list: L, item: O) => ({
  output: item,
  pages: connectionPages(list),
});

/**
 * The document of a mutation. It has the variables of its type, and `id` if it changes an object.
 */
export const mutation = (name: string, input: string, output: z.ZodObject, id = {}) =>
  documentOf(`mutation ${name}`, { ...id, input }, output);
