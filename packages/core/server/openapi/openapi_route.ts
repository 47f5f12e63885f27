import { type Route, readOpenApi } from '../../common/index.ts';
import { type HttpSetup, respond } from '../http/index.ts';
import { buildOpenApi, type OpenApiDocument } from './build_openapi.ts';

/**
 * Registers `GET /api/openapi.json`. The document is built once, on the first request, when all
 * routes are known.
 */
export function registerOpenApiRoute(
  http: HttpSetup,
  options: { readonly routes: () => readonly Route[]; readonly version: string },
): void {
  let document: OpenApiDocument | undefined;
  http.createRouter().handle(readOpenApi, () => {
    document ??= buildOpenApi(options.routes(), {
      version: options.version,
      serverUrl: http.urls.publicBaseUrl,
    });
    return respond.ok(document);
  });
}
