import { type ZodRawShape, z } from 'zod';
import { skipped, textOf } from '../operations/index.ts';

/** Result of a search. Each of the `hits` has the found object as `resource`. */
const searchResult = z.object({
  value: z
    .array(
      z.looseObject({
        hitsContainers: z
          .array(
            z.looseObject({
              total: z.number().nullish(),
              moreResultsAvailable: z.boolean().nullish(),
              hits: z.array(z.looseObject({ hitId: z.string().nullish() })).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

/** Inputs of a search: a query in the Keyword Query Language, and the page of results. */
export const searchPage = (size: { readonly max: number; readonly byDefault: number }) => ({
  query: textOf(4_096).describe('Words to find, or a query in KQL, for example: from:anna'),
  from: skipped('results', 9_999),
  size: z.int().min(1).max(size.max).default(size.byDefault).describe(`Results, max ${size.max}`),
});

/**
 * A search: `operation('POST /search/query', searchFor(['message'], { … }))`. Its body has a list
 * of searches with one element.
 * @param entityTypes types of the objects to find. `undefined`: an input names them
 */
export const searchFor = <S extends ZodRawShape>(
  entityTypes: readonly string[] | undefined,
  input: S,
) => ({
  isQuery: true,
  input,
  bodyObject: 'requests.0',
  wire: { query: 'requests.0.query.queryString' } as const,
  ...(entityTypes === undefined
    ? {}
    : { fixed: { body: { 'requests.0.entityTypes': entityTypes } } }),
  output: searchResult,
});
