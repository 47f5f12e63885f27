import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Randomness } from '../time/index.ts';
import type { CompiledRoute } from './compiled_route.ts';
import { acceptForms } from './form_body.ts';
import { plainAddress } from './host_names.ts';
import { acceptOnlyJson } from './json_body.ts';
import { createUrlRewriter, MAX_URL_LENGTH } from './rewrite_url.ts';
import type { RoutedRequest } from './server_request.ts';
import { closeStalledConnections } from './stalled_connections.ts';

/** Settings of the HTTP server. They are a part of `server.*`. */
export interface HttpConfig {
  readonly host: string;
  /** Port to listen on. 0: the system selects a free port. */
  readonly port: number;
  /** `''`, or `/path` without a trailing slash. */
  readonly basePath: string;
  /**
   * `true`: requests carry the base path and this server removes it. `false`: a proxy in front
   * removes it.
   */
  readonly rewriteBasePath: boolean;
  readonly publicBaseUrl: string | undefined;
  readonly maxPayloadBytes: number;
  readonly shutdownTimeoutMs: number;
  readonly trustProxy: boolean | number | string | readonly string[];
  /**
   * Names and addresses in `Host` headers that are accepted in addition to those of {@link
   * createHostCheck}.
   */
  readonly trustedHostNames: readonly string[];
  /**
   * Clients whose `x-request-id` and `x-opaque-id` become the id of the request: all, or those with
   * these addresses.
   */
  readonly requestId: { readonly allowFromAnyIp: boolean; readonly ipAllowlist: readonly string[] };
  /** Maximum number of open connections. Further connections are closed immediately. */
  readonly maxConnections: number;
  /** Value of the header `Strict-Transport-Security`. `null`: the header is not sent. */
  readonly strictTransportSecurity: string | null;
  /** Name of this server, from `server.name`. Log lines and responses contain it. */
  readonly name: string;
  /** Paths of PEM files; `undefined`: plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: CompiledRoute;
  }
  interface FastifyRequest {
    /** The request as handlers get it. `null` until the request guard has accepted the request. */
    routed: RoutedRequest | null;
  }
}

/**
 * Milliseconds within which a request must arrive completely, so that slow senders cannot hold
 * connections.
 */
const RECEIVE_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/**
 * Maximum bytes of all headers. This is above the URL limit of this server, so that an overlong URL
 * gets an error body instead of a bare 431.
 */
const MAX_HEADER_BYTES = 5 * MAX_URL_LENGTH;
const ACCEPTED_REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Creates a fastify instance with everything that does not depend on the route of a request.
 * @param respondEarly responds to requests that are refused before any hook runs, for example
 * because of a malformed URL
 */
export function createFastify(
  config: HttpConfig,
  randomness: Randomness,
  respondEarly: (error: Error, request: FastifyRequest, reply: FastifyReply) => void,
): FastifyInstance {
  const { trustProxy } = config;
  const options: FastifyHttpOptions<Server> = {
    logger: false,
    bodyLimit: config.maxPayloadBytes,
    trustProxy: Array.isArray(trustProxy) ? [...trustProxy] : (trustProxy as boolean),
    requestTimeout: RECEIVE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    requestIdHeader: false,
    genReqId: createRequestIds(config.requestId, randomness),
    rewriteUrl: createUrlRewriter(config),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_URL_LENGTH },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: respondEarly as NonNullable<FastifyHttpOptions<Server>['frameworkErrors']>,
    clientErrorHandler: respondToMalformedHttp,
    ...tlsOptions(config),
  };
  const app = fastify(options);
  app.server.maxConnections = config.maxConnections;
  closeStalledConnections(app.server);
  app.decorateRequest('routed', null);
  acceptOnlyJson(app);
  acceptForms(app);
  return app;
}

/**
 * Returns a function that creates the id of a request for log lines and audit events. An id that
 * the client chose is accepted only from trusted clients: a forged id would mix the lines of this
 * request into the trace of another one.
 */
function createRequestIds(
  { allowFromAnyIp, ipAllowlist }: HttpConfig['requestId'],
  randomness: Randomness,
): (message: IncomingMessage) => string {
  const trusted = new Set(ipAllowlist.map((address) => plainAddress(address)));
  return ({ headers, socket }) => {
    const isTrusted = allowFromAnyIp || trusted.has(plainAddress(socket.remoteAddress));
    const given = isTrusted ? (headers['x-request-id'] ?? headers['x-opaque-id']) : undefined;
    if (typeof given === 'string' && ACCEPTED_REQUEST_ID.test(given)) return given;
    return randomness.uuid();
  };
}

function tlsOptions(config: HttpConfig): object {
  if (config.tls === undefined) return {};
  const { certificate, key } = config.tls;
  return {
    https: {
      cert: readFileSync(certificate),
      key: readFileSync(key),
      minVersion: 'TLSv1.2',
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  };
}

/**
 * Responds to bytes that are not HTTP. There is no request and no reply object, so the response is
 * written as text.
 */
function respondToMalformedHttp(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  const body = JSON.stringify({
    statusCode: Number(status.slice(0, 3)),
    error: status.slice(4),
    message: status.slice(4),
  });
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n` +
        "x-content-type-options: nosniff\r\ncontent-security-policy: default-src 'self'; frame-ancestors 'none'\r\n" +
        `cache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
