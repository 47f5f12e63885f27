export { registerOpenApiRoute } from './openapi_route.ts';
