import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request whose body the server has read completely. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server on a free loopback port that records its requests. */
export class RecordingServer {
  readonly #server: Server;
  /** Received requests in the order of arrival. Tests may empty the list. */
  readonly received: ReceivedRequest[] = [];
  /** Responds to a request. Tests may replace it. Default: 200 with `{}`. */
  respond: (response: ServerResponse, request: ReceivedRequest) => void = (response) => {
    response.setHeader('content-type', 'application/json').end('{}');
  };

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const one = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
        this.received.push(one);
        this.respond(response, one);
      });
    });
  }

  static async start(): Promise<RecordingServer> {
    const server = new RecordingServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** `http://127.0.0.1:PORT`. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Method and URL of the received requests, such as `POST /token`. */
  get lines(): readonly string[] {
    return this.received.map(({ method, url }) => `${method} ${url}`);
  }

  /** Stops the server and closes open connections. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
