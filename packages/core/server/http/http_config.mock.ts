import type { HttpConfig } from './create_fastify.ts';
import type { NotFoundPage } from './types.ts';

/** Returns the settings of a server on loopback, without TLS or a proxy. */
export const anHttpConfig = (over: Partial<HttpConfig> = {}): HttpConfig => ({
  host: '127.0.0.1',
  port: 0,
  basePath: '',
  rewriteBasePath: false,
  publicBaseUrl: undefined,
  maxPayloadBytes: 10_000,
  shutdownTimeoutMs: 5000,
  trustProxy: false,
  trustedHostNames: [],
  requestId: { allowFromAnyIp: false, ipAllowlist: [] },
  maxConnections: 1000,
  strictTransportSecurity: 'max-age=31536000; includeSubDomains',
  name: 'a-server',
  tls: undefined,
  ...over,
});

/** Renders the not-found page of a server that lacks the pages of `core/server/pages`. */
export const aNotFoundPage: NotFoundPage = (_request, missing, urls) =>
  `<h1>${missing} not found</h1><a href="${urls.path('/')}">`;
