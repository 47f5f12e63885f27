import { z } from 'zod';
import { connectionOf, defineApi, pageCursor, pageSize, textOf } from '../../operations/index.ts';

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

const PAGE_TYPES = { first: 'Int', after: 'String', orderBy: 'PaginationOrderBy' };
/** Document, items and pages of a list that has at least the inputs {@link listPage}. */
export const list = <O extends z.ZodObject>(
  name: string,
  item: O,
  parts: Parameters<typeof connectionOf>[2] = {},
) => connectionOf(name, item, { ...parts, variables: { ...PAGE_TYPES, ...parts.variables } });
