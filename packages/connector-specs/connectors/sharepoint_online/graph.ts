import { z } from 'zod';
import {
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from '../../http_request/index.ts';
import { check, GRAPH, isAppOnly } from '../../microsoft_graph/graph_api.ts';
import { from, kql, searchQuery, searchResult, size } from '../../microsoft_graph/search.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { READ_SITES } from './sites.ts';

const VERSION = '/v1.0';

/**
 * Actions that are not about one kind of object: a search, and a request of the caller's choice.
 */
export const graphActions = {
  callGraphAPI: defineAction({
    input: requestInput.pick({ query: true, body: true }).extend({
      method: z.enum(['GET', 'POST']),
      path: z
        .string()
        .max(2_048)
        .regex(/^\/v1\.0\/.*$/)
        .describe('Path of Microsoft Graph without a host, for example "/v1.0/sites/root"'),
    }),
    output: requestOutput,
    isTool: true,
    scope: 'destroy',
    description:
      'Sends any GET or POST request to Microsoft Graph v1.0 and returns status, headers and body. Use it only if no other action fits. A status of failure is an error.',
    handler: async (context, { path, ...input }) => {
      const request = { ...input, path: path.slice(VERSION.length) };
      const response = await sendRequest(context, request, {
        baseUrl: `${GRAPH}${VERSION}`,
        headers: { Accept: 'application/json' },
        textType: 'text/plain; charset=utf-8',
      });
      check(context, response);
      return toRequestOutput(response);
    },
  }),
  search: defineAction({
    ...READ_SITES,
    input: z.strictObject({
      query: kql(),
      entityTypes: z
        .array(z.enum(['site', 'list', 'listItem', 'drive', 'driveItem']))
        .min(1)
        .max(5)
        .default(['site'])
        .describe('Types of the objects to find'),
      region: z
        .enum(['NAM', 'EUR', 'APC', 'LAM', 'MEA'])
        .default('NAM')
        .describe('Region of the tenant. Only used with client credentials, which require it'),
      from: from(),
      size: size(500, 25),
    }),
    output: searchResult,
    isTool: true,
    description:
      'Searches sites, lists, list items, drives and files with a query in KQL, the most relevant first. hits contains the found objects; moreResultsAvailable tells if a call with a higher from returns more.',
    handler: (context, { query, region, ...request }) =>
      searchQuery.call(context, {
        requests: [
          {
            ...request,
            query: { queryString: query },
            // Only the application itself names a region. A user searches in the region of the
            // user's data.
            ...(isAppOnly(context) ? { region } : {}),
          },
        ],
      }),
  }),
};
