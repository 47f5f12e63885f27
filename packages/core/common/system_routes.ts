import { z } from 'zod';
import { defineRoute } from './define_route.ts';

const level = z.enum(['available', 'degraded', 'unavailable']);
const serviceStatus = z.object({ level, summary: z.string(), meta: z.object({}) });
const services = z.record(z.string(), serviceStatus);

const redactedBody = z.object({ status: z.object({ overall: z.object({ level }) }) });

const identityBody = {
  name: z.string(),
  uuid: z.string(),
  version: z.object({
    number: z.string().describe('The version of Kibana whose API this server implements.'),
    build_hash: z.string(),
    build_number: z.int(),
    build_snapshot: z.boolean(),
    build_flavor: z.enum(['serverless', 'traditional']),
    build_date: z.string(),
  }),
  latchkey: z.object({ version: z.string().describe('The version of this server.') }),
  metrics: z.looseObject({
    last_updated: z.string(),
    collection_interval_in_millis: z.number(),
    elasticsearch_client: z
      .object({
        totalActiveSockets: z.number(),
        totalIdleSockets: z.number(),
        totalQueuedRequests: z.number(),
      })
      .describe('Not counted: always 0.'),
  }),
};

const statusBody = z.object({
  ...identityBody,
  status: z.object({ overall: serviceStatus, core: services, plugins: services }),
});

const legacyBody = z.object({
  ...identityBody,
  status: z.object({
    overall: z.looseObject({ state: z.enum(['green', 'yellow', 'red']) }),
    statuses: z.array(z.looseObject({ id: z.string(), state: z.string() })),
  }),
});

const anyBody = z.union([statusBody, legacyBody, redactedBody]);

const flag = z.enum(['true', 'false']).optional();

/** State of the server: 200, or 503 when an essential service is unavailable. */
export const readStatus = defineRoute({
  method: 'get',
  path: '/api/status',
  access: 'public',
  summary: 'Read the state of the server',
  description: 'Without credentials, or without any role, only the overall level is returned.',
  tags: ['system'],
  // The status also reports on the store. While that is unavailable, no user can be recognised.
  authentication: 'best_effort',
  // The query may have other parameters: health checks add some to bypass caches.
  query: z.object({
    v7format: flag.describe('The format of Kibana 7.'),
    v8format: flag.describe(
      'The format of Kibana 8 and later, which is the default. With `false`: that of Kibana 7.',
    ),
  }),
  responses: {
    200: { description: 'Available or degraded', body: anyBody },
    503: { description: 'Unavailable', body: anyBody },
  },
});

/** Metrics of the process. The body is text. */
export const readMetrics = defineRoute({
  method: 'get',
  path: '/metrics',
  access: 'public',
  summary: 'Read the metrics of this process in the Prometheus text format',
  tags: ['system'],
  // The feature `monitoring` grants this privilege. A user without a role gets no figures.
  privileges: ['monitoring:read'],
  responses: { 200: { description: 'Metrics as text' } },
});

/** Icon of the pages. Browsers request this path on their own. */
export const readFavicon = defineRoute({
  method: 'get',
  path: '/favicon.ico',
  access: 'public',
  summary: 'The icon of the pages',
  tags: ['system'],
  authentication: 'none',
});

/**
 * Route of the style sheet of the pages that the server renders, for example the login page. The
 * styles are in a file, because the content security policy allows no inline style. The path is
 * next to `/assets/`, because the file names the font of the web app by a relative path.
 */
export const readPageStyle = defineRoute({
  method: 'get',
  path: '/page_style.css',
  access: 'public',
  summary: 'The style of the pages without the web app',
  tags: ['system'],
  authentication: 'none',
});

/** OpenAPI description of all public routes. */
export const readOpenApi = defineRoute({
  method: 'get',
  path: '/api/openapi.json',
  access: 'public',
  summary: 'Read this description of the API',
  tags: ['system'],
  authentication: 'none',
  responses: {
    200: { description: 'An OpenAPI 3.1 document', body: z.record(z.string(), z.unknown()) },
  },
});
