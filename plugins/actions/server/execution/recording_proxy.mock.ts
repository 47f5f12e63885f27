import { createServer, type IncomingMessage, request as startRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Maps field names of credentials on the wire to our names. */
const CREDENTIAL_FIELDS: ReadonlyMap<string, string> = new Map([
  ['access_token', 'access token'],
  ['refresh_token', 'refresh token'],
  ['client_secret', 'client secret'],
  ['code', 'code'],
  ['code_verifier', 'verifier'],
  ['pkce_verifier', 'verifier'],
]);

/**
 * A proxy in front of a fake provider. Records the URL of every request and every credential in
 * either direction.
 */
export interface RecordingProxy {
  readonly origin: string;
  /** Method and URL as received. */
  readonly requests: { readonly method: string; readonly url: string }[];
  /** Values by kind. */
  readonly credentials: Map<string, Set<string>>;
  stop(): Promise<void>;
}

/** Forwards every request to `target`. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    proxy.requests.push({ method, url });
    const body = await bytesOf(request);
    noteHeader(headers.authorization, proxy.credentials);
    noteFields(body.toString('utf8'), proxy.credentials);
    const upstreamResponse = await ask(new URL(url, target), request, body);
    const upstreamBody = await bytesOf(upstreamResponse);
    noteFields(upstreamBody.toString('utf8'), proxy.credentials);
    response
      .writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers)
      .end(upstreamBody);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RecordingProxy = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    credentials: new Map(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function ask(url: URL, { method, headers }: IncomingMessage, body: Buffer) {
  const { host: _, ...rest } = headers;
  return new Promise<IncomingMessage>((resolve, reject) => {
    startRequest(url, { method, headers: rest }, resolve).on('error', reject).end(body);
  });
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A form or a JSON object. */
function noteFields(text: string, credentials: RecordingProxy['credentials']): void {
  for (const [name, value] of [...new URLSearchParams(text), ...membersOf(text)]) {
    const kind = CREDENTIAL_FIELDS.get(name);
    if (kind !== undefined && typeof value === 'string') note(kind, value, credentials);
  }
}

function membersOf(text: string): [string, unknown][] {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  } catch {
    return [];
  }
}

function noteHeader(header: string | undefined, credentials: RecordingProxy['credentials']): void {
  const [scheme = '', value = ''] = header?.split(' ') ?? [];
  if (scheme === 'Bearer') note('access token', value, credentials);
  if (scheme !== 'Basic') return;
  note('basic credentials', value, credentials);
  // RFC 6749 §2.3.1: both halves are form-encoded.
  const [, secret = ''] = Buffer.from(value, 'base64').toString('utf8').split(':');
  note('client secret', decodeURIComponent(secret), credentials);
}

function note(kind: string, value: string, credentials: RecordingProxy['credentials']): void {
  if (value === '') return;
  credentials.set(kind, (credentials.get(kind) ?? new Set()).add(value));
}
