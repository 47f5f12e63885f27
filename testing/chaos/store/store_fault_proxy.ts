import { createServer, connect as openSocket, type Server, type Socket } from 'node:net';
import { connect as openTlsSocket } from 'node:tls';
import type { StoreFault } from '../worker/protocol.ts';

/** Delay of a slow node's responses, milliseconds. */
const SLOW_MS = 400;
/** Requests that change something; reads may use POST as well. */
const WRITE = /^(PUT|DELETE) |^POST [^ ]*\/_bulk/;
const BLOCKED = JSON.stringify({
  error: {
    type: 'cluster_block_exception',
    reason: 'index [chaos] blocked by: [FORBIDDEN/8/index write (api)];',
  },
  status: 403,
});
const BLOCKED_RESPONSE = [
  'HTTP/1.1 403 Forbidden',
  'x-elastic-product: Elasticsearch',
  'content-type: application/json',
  `content-length: ${Buffer.byteLength(BLOCKED)}`,
  'connection: close',
  '',
  BLOCKED,
].join('\r\n');

/**
 * A TCP proxy between one worker and one node, so that the client of the store sees real network
 * faults. Clients do not pipeline: bytes after a response start a new request, and its first bytes
 * show whether it writes.
 */
export class StoreFaultProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #mode: StoreFault = 'none';

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#accept(client));
  }

  /**
   * Opens the proxy on the loopback address.
   * @returns its URL
   */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** `all` also cuts running requests. */
  set mode(mode: StoreFault) {
    this.#mode = mode;
    if (mode === 'all') for (const pair of this.#pairs) pair.cut();
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#mode === 'all') {
      client.destroy();
      return;
    }
    const { hostname, port, protocol } = this.#target;
    const at = { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
    const node =
      protocol === 'https:' ? openTlsSocket({ ...at, servername: hostname }) : openSocket(at);
    const pair = new Pair(client, node, () => this.#mode);
    this.#pairs.add(pair);
    client.once('close', () => this.#pairs.delete(pair));
  }
}

/** One connection through the proxy. */
class Pair {
  readonly #client: Socket;
  readonly #node: Socket;
  readonly #mode: () => StoreFault;
  /** `responded`: the next bytes of the client start a new request. */
  #state: 'responded' | 'asking' | 'losing' | 'refused' = 'responded';

  constructor(client: Socket, node: Socket, mode: () => StoreFault) {
    this.#client = client;
    this.#node = node;
    this.#mode = mode;
    for (const socket of [client, node]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.cut());
      socket.once('close', () => this.cut());
    }
    client.on('data', (bytes: Buffer) => this.#ask(bytes));
    node.on('data', (bytes: Buffer) => this.#response(bytes));
  }

  cut(): void {
    this.#client.destroy();
    this.#node.destroy();
  }

  #ask(bytes: Buffer): void {
    if (this.#state === 'refused') return;
    if (this.#state === 'responded') {
      const writes = WRITE.test(bytes.subarray(0, 300).toString('latin1'));
      const mode = this.#mode();
      if (writes && mode === 'writes') {
        this.#state = 'refused';
        this.#client.end(BLOCKED_RESPONSE);
        return;
      }
      this.#state = writes && mode === 'lost' ? 'losing' : 'asking';
    }
    this.#node.write(bytes);
  }

  #response(bytes: Buffer): void {
    if (this.#state === 'losing') {
      this.cut();
      return;
    }
    this.#state = 'responded';
    if (this.#mode() === 'slow') setTimeout(() => this.#client.write(bytes), SLOW_MS);
    else this.#client.write(bytes);
  }
}
