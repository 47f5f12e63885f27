import { type HttpSetup, type RouteDefinition, respond } from '../http/index.ts';
import { buildOpenApi, type OpenApiDocument } from './build_openapi.ts';

/** `GET /api/openapi.json`, built once, on the first request, when all routes are known. */
export function registerOpenApiRoute(
  http: HttpSetup,
  options: { readonly routes: () => readonly RouteDefinition[]; readonly version: string },
): void {
  let document: OpenApiDocument | undefined;
  http.createRouter().add(
    {
      method: 'get',
      path: '/api/openapi.json',
      access: 'public',
      summary: 'Read this description of the API',
      tags: ['system'],
      security: { authentication: 'none' },
      responses: { 200: { description: 'An OpenAPI 3.1 document' } },
    },
    () => {
      document ??= buildOpenApi(options.routes(), {
        version: options.version,
        serverUrl: http.urls.publicBaseUrl,
      });
      return respond.ok(document);
    },
  );
}
