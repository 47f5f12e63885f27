import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fingerprint } from '@latchkey/dev-providers';
import { z } from 'zod';
import { stopAtTheEnd } from './start_server.ts';

/** Tokens of one response of the token endpoint, as {@link fingerprint}s. */
export interface IssuedTokens {
  readonly refreshToken: string;
  readonly accessToken: string;
}

/** One revocation request and its response. */
export interface RecordedRevocation {
  /** {@link fingerprint} of the token. */
  readonly token: string;
  readonly status: number;
}

/**
 * A proxy in front of a strict server. Records the tokens that it issues and the revocation
 * requests, also those that are refused by a fault.
 */
export interface RevocationRecorder {
  /**
   * URLs for the secrets of a connector: token endpoint and revocation endpoint, through the
   * recorder.
   */
  readonly endpoints: { readonly tokenUrl: string; readonly revocationUrl: string };
  /**
   * Tokens that the token endpoint issued last.
   * @throws Error when it issued none
   */
  lastIssued(): IssuedTokens;
  /** Oldest first. */
  revocations(): readonly RecordedRevocation[];
}

const tokenResponse = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Listens on the loopback address until `stopEverything`. */
export async function startRevocationRecorder(strict: {
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
}): Promise<RevocationRecorder> {
  const issued: IssuedTokens[] = [];
  const revocations: RecordedRevocation[] = [];
  const record = (path: string, asked: URLSearchParams, { status, text }: ForwardedResponse) => {
    if (path === new URL(strict.revocationEndpoint).pathname)
      revocations.push({ token: fingerprint(asked.get('token') ?? ''), status });
    else if (status === 200) issued.push(tokensIn(text));
  };
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const body = await textOf(request);
    const upstreamResponse = await forward(new URL(path, strict.tokenEndpoint), request, body);
    record(path, new URLSearchParams(body), upstreamResponse);
    response.writeHead(upstreamResponse.status, { 'content-type': 'application/json' });
    response.end(upstreamResponse.text);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stopAtTheEnd(async () => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoints: {
      tokenUrl: `${origin}${new URL(strict.tokenEndpoint).pathname}`,
      revocationUrl: `${origin}${new URL(strict.revocationEndpoint).pathname}`,
    },
    lastIssued: () => {
      const last = issued.at(-1);
      if (last === undefined) throw new Error('No token was issued');
      return last;
    },
    revocations: () => [...revocations],
  };
}

interface ForwardedResponse {
  readonly status: number;
  readonly text: string;
}

/** Forwards a form; both endpoints respond with JSON. */
async function forward(
  url: URL,
  { headers }: IncomingMessage,
  body: string,
): Promise<ForwardedResponse> {
  const { authorization } = headers;
  const upstreamResponse = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body,
  });
  return { status: upstreamResponse.status, text: await upstreamResponse.text() };
}

function tokensIn(text: string): IssuedTokens {
  const { access_token: access, refresh_token: refresh } = tokenResponse.parse(JSON.parse(text));
  return { refreshToken: fingerprint(refresh), accessToken: fingerprint(access) };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
