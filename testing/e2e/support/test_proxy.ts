import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as startRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Canaries } from './canaries.ts';

/**
 * A proxy between the server and a test provider. Records every secret in requests and responses.
 */
export interface TestProxy {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Path that responds with the request's headers, as careless services do. */
export const ECHO_PATH = '/api/echo';

const SECRET_FIELDS: ReadonlyMap<string, string> = new Map([
  ['access_token', 'access token'],
  ['refresh_token', 'refresh token'],
  ['token', 'token to revoke'],
  ['id_token', 'id token'],
  ['code', 'code'],
  ['code_verifier', 'verifier'],
  ['pkce_verifier', 'verifier'],
  ['client_secret', 'client secret'],
  ['state', 'state'],
]);

/** Listens on the loopback address and forwards every request to `target`. */
export async function startTestProxy(target: string, canaries: Canaries): Promise<TestProxy> {
  const server = createServer((request, response) => {
    forward(request, response, { target, canaries }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { target, canaries }: { readonly target: string; readonly canaries: Canaries },
): Promise<void> {
  const url = new URL(request.url ?? '/', target);
  const body = await bytesOf(request);
  recordHeaders(request, canaries);
  recordFields(url.searchParams, canaries);
  recordBody(body.toString('utf8'), canaries);
  if (url.pathname === ECHO_PATH) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ headers: request.headers }));
    return;
  }
  const upstreamResponse = await ask(request, url, body);
  const upstreamBody = await bytesOf(upstreamResponse);
  recordFields(jsonFields(upstreamBody.toString('utf8')).filter(isNoErrorCode), canaries);
  const location = upstreamResponse.headers.location;
  if (location !== undefined) recordFields(new URL(location, url).searchParams, canaries);
  response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
  response.end(upstreamBody);
}

function ask(request: IncomingMessage, url: URL, body: Buffer): Promise<IncomingMessage> {
  const { host: _host, ...headers } = request.headers;
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(url, { method: request.method, headers }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function recordHeaders({ headers }: IncomingMessage, canaries: Canaries): void {
  const [scheme = '', credentials] = headers.authorization?.split(' ') ?? [];
  if (scheme.toLowerCase() === 'bearer') canaries.add('access token', credentials);
  if (scheme.toLowerCase() === 'basic') canaries.add('basic credentials', credentials);
}

/** Records the fields of a form or of a JSON object. */
function recordBody(text: string, canaries: Canaries): void {
  recordFields(new URLSearchParams(text), canaries);
  recordFields(jsonFields(text), canaries);
}

/** Empty when the text is no JSON object. */
function jsonFields(text: string): [string, unknown][] {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  } catch {
    return [];
  }
}

/** In responses of EARS, `code` is an error code. */
const isNoErrorCode = ([name]: readonly [string, unknown]): boolean => name !== 'code';

function recordFields(fields: Iterable<readonly [string, unknown]>, canaries: Canaries): void {
  for (const [name, value] of fields) {
    const kind = SECRET_FIELDS.get(name);
    if (kind !== undefined && typeof value === 'string') canaries.add(kind, value);
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
