export { type ContentEncoding, chooseEncoding } from './compressed_response.ts';
export type { HttpConfig } from './create_fastify.ts';
export { registerFaviconRoute } from './favicon_route.ts';
export { isLoopbackHost } from './host_names.ts';
export { HttpError } from './http_error.ts';
export { HttpService, type ResponseObserver } from './http_service.ts';
export { respond } from './respond.ts';
export type {
  AuthenticatedUser,
  AuthenticationRequest,
  AuthenticationResult,
  AuthenticationType,
  CookieToSet,
  ErrorMapper,
  ErrorPage,
  HttpSetup,
  MappedError,
  NotFoundPage,
  Principal,
  ResponseOf,
  RouteHandler,
  RouteResponse,
  Router,
  RouterOptions,
  ServerRequest,
  UrlBuilder,
} from './types.ts';
