import { z } from 'zod';
import {
  requestInput,
  requestOutput,
  sendRequest,
  toRequestOutput,
} from '../../http_request/index.ts';
import * as graph from '../../microsoft_graph/index.ts';
import { choice } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/index.ts';
import { check, operation } from './sites.ts';

const VERSION = '/v1.0';

const { query, ...page } = graph.searchPage({ max: 500, byDefault: 25 });

/**
 * Actions that are not about one kind of object: a search, and a request of the caller's choice.
 */
export const graphActions = {
  callGraphAPI: defineAction({
    scope: 'destroy',
    isTool: true,
    description:
      'Sends any GET or POST request to Microsoft Graph v1.0 and returns status, headers and body. Use it only if no other action fits. A status of failure is an error.',
    input: requestInput.pick({ query: true, body: true }).extend({
      method: z.enum(['GET', 'POST']),
      path: z
        .string()
        .max(2_048)
        .regex(/^\/v1\.0\/.*$/)
        .describe('Path of Microsoft Graph without a host, for example "/v1.0/sites/root"'),
    }),
    output: requestOutput,
    handler: async (context, { path, ...input }) => {
      const request = { ...input, path: path.slice(VERSION.length) };
      const response = await sendRequest(context, request, {
        baseUrl: `${graph.GRAPH}${VERSION}`,
        headers: { Accept: 'application/json' },
        textType: 'text/plain; charset=utf-8',
      });
      check(context, response);
      return toRequestOutput(response);
    },
  }),
  search: operation('POST /search/query', {
    description:
      'Searches sites, lists, list items, drives and files with a query in KQL, the most relevant first. hits contains the found objects; moreResultsAvailable tells if a call with a higher from returns more.',
    ...graph.searchFor(undefined, {
      query,
      entityTypes: z
        .array(z.enum(['site', 'list', 'listItem', 'drive', 'driveItem']))
        .min(1)
        .max(5)
        .default(['site'])
        .describe('Types of the objects to find'),
      region: choice(['NAM', 'EUR', 'APC', 'LAM', 'MEA'], 'NAM').describe(
        'Region of the tenant. Only used with client credentials, which require it',
      ),
      ...page,
    }),
    // A user searches in the region of the user's data.
    omittedWith: { oauth_authorization_code: ['region'], ears: ['region'] },
  }),
};
