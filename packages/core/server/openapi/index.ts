export { buildOpenApi, type OpenApiDocument } from './build_openapi.ts';
export { registerOpenApiRoute } from './openapi_route.ts';
