import { z } from 'zod';
import { defineApi } from '../../operations/index.ts';

/** Origin of the GraphQL API. */
export const LINEAR_API = 'https://api.linear.app';

/** Declares operations of Linear's GraphQL API. */
export const { query } = defineApi({
  name: 'Linear API',
  baseUrl: LINEAR_API,
  provider: 'linear',
  errors: { requestIdHeader: 'x-request-id' },
});

/** `write` includes `read`: a grant of both may name `write` alone. */
export const READ = { scope: 'read', oauthScopes: [['read', 'write']] } as const;

export const id = () => z.string().min(1).max(64);
export const teamId = () => id().describe('Id of the team, as in the result of listTeams');

/** Inputs of a list. */
export const listPage = {
  first: z.int().min(1).max(100).default(50).describe('Results per page, max 100'),
  after: z.string().max(1_024).optional().describe('nextCursor of the previous page'),
  orderBy: z
    .enum(['createdAt', 'updatedAt'])
    .optional()
    .describe('Order, the latest first. Default: createdAt'),
};

/** Items and next page of a list. */
export const pagesOf = <const L extends string>(list: L) =>
  ({
    next: 'cursor',
    cursor: 'after',
    path: `${list}.pageInfo.endCursor`,
    hasMore: `${list}.pageInfo.hasNextPage`,
    items: `${list}.nodes`,
  }) as const;

/** The fields of an output in a document: `id team { id key }`. */
export function selectionOf({ shape }: z.ZodObject): string {
  const fields = Object.entries(shape).map(([name, field]) => {
    const object = objectIn(field);
    return object === undefined ? name : `${name} { ${selectionOf(object)} }`;
  });
  return fields.join(' ');
}

/** The object in an optional value or a list. `undefined`: there is none. */
function objectIn(field: unknown): z.ZodObject | undefined {
  if (field instanceof z.ZodObject) return field;
  if (field instanceof z.ZodArray) return objectIn(field.element);
  return field instanceof z.ZodOptional || field instanceof z.ZodNullable
    ? objectIn(field.unwrap())
    : undefined;
}

/** Variables of {@link listPage} in a document. */
export const PAGE_VARIABLES = '$first: Int, $after: String, $orderBy: PaginationOrderBy';

/**
 * A list in a document. The document of `listTeams`, for example:
 *
 *     query teams($first: Int, $after: String, $orderBy: PaginationOrderBy) {
 *       teams(first: $first, after: $after, orderBy: $orderBy) {
 *         nodes { id name key description }
 *         pageInfo { hasNextPage endCursor }
 *       }
 *     }
 * @param args further arguments
 */
export const listOf = (name: string, item: z.ZodObject, args = ''): string =>
  `${name}(first: $first, after: $after, orderBy: $orderBy${args}) { nodes { ${selectionOf(item)} } pageInfo { hasNextPage endCursor } }`;
