import type { Route } from '../../common/index.ts';
import { buildOperation, describeBody } from './build_operation.ts';

/** A JSON document in the form of OpenAPI 3.1. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

const OPTIONAL_LAST_PART = /\/\{[A-Za-z0-9_]+\?\}$/;

/**
 * Describes the public routes.
 * @param info.serverUrl the address that browsers use; `undefined`: unknown
 */
export function buildOpenApi(
  routes: readonly Route[],
  info: { readonly version: string; readonly serverUrl: string | undefined },
): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = { Error: ERROR_SCHEMA };
  for (const route of routes) {
    if (route.access !== 'public') continue;
    const body = describeBody(route);
    Object.assign(schemas, body?.components);
    for (const path of documentedPaths(route.path)) {
      paths[path] = { ...paths[path], [route.method]: buildOperation(route, path, body?.schema) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey API',
      version: info.version,
      description:
        'Put `/s/{spaceId}` in front of a path to work in another space than the default one.',
    },
    ...(info.serverUrl === undefined ? {} : { servers: [{ url: info.serverUrl }] }),
    paths,
    components: { schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

/**
 * Returns the documented paths of a route. OpenAPI has no optional path parts, so a route with one
 * has two paths.
 */
function documentedPaths(path: string): string[] {
  const full = path.replaceAll(/\{([A-Za-z0-9_]+)[?*]\}/g, '{$1}');
  return OPTIONAL_LAST_PART.test(path) ? [path.replace(OPTIONAL_LAST_PART, ''), full] : [full];
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    error: { type: 'string', description: 'Name of the status.' },
    message: { type: 'string', description: 'Cause of the failure, for users.' },
    attributes: { type: 'object', description: 'Details for programs, for example a code.' },
  },
};

const SECURITY_SCHEMES = {
  basic: { type: 'http', scheme: 'basic' },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`ApiKey` and the encoded key.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'sid',
    description: 'Session cookie, set by the login page.',
  },
};
