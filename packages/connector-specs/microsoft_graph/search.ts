import { z } from 'zod';
import { textOf } from '../operations/index.ts';
import { operation } from './graph_api.ts';

const searchRequest = z.strictObject({
  entityTypes: z.array(z.string()).min(1).max(5),
  query: z.strictObject({ queryString: z.string() }),
  from: z.int(),
  size: z.int(),
  region: z.string().optional(),
  enableTopResults: z.boolean().optional(),
});

/** Result of a search. Each of the `hits` has the found object as `resource`. */
export const searchResult = z.object({
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

/** Searches with one request. The search actions of the connectors call it. */
export const searchQuery = operation('POST /search/query', {
  scope: 'read',
  isQuery: true,
  description: 'Searches.',
  input: { requests: z.array(searchRequest).length(1) },
  output: searchResult,
});

/** A query in the Keyword Query Language. */
export const kql = () =>
  textOf(4_096).describe('Words to find, or a query in KQL, for example: from:anna');

/** Input with the number of results to skip. */
export const from = () =>
  z.int().min(0).max(9_999).default(0).describe('Number of results to skip');

/** Input with the number of results. */
export const size = (max: number, byDefault: number) =>
  z.int().min(1).max(max).default(byDefault).describe(`Results, max ${max}`);
