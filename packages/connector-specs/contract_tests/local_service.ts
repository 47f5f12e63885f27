import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A recorded request, for assertions about what an action sent. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query of the request, unchanged. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A response of the service. A body that is an object is sent as JSON. Default status: 200. */
export interface ServiceResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | object;
}

/** A fake service: an HTTP server on the loopback interface. */
export interface LocalService {
  readonly origin: string;
  /** Received requests, in order of arrival. Tests may clear the list. */
  readonly received: ReceivedRequest[];
  /** Handler of the service. Replace it to choose the responses. */
  response: (request: ReceivedRequest) => ServiceResponse;
  close(): Promise<void>;
}

/** Starts a service that responds with `{}` until `response` is replaced. */
export const startLocalService = async (): Promise<LocalService> => {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen: ReceivedRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    received.push(seen);
    const { status = 200, headers = {}, body = {} } = service.response(seen);
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    response.writeHead(status, {
      'content-type': isRaw ? 'application/octet-stream' : 'application/json',
      ...(headers as Record<string, string | string[]>),
    });
    response.end(request.method === 'HEAD' ? undefined : isRaw ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const service: LocalService = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    response: () => ({}),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
};
