import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below the range from which the system assigns free ports (32768 or higher), so that a killed node
 * finds its port free when it restarts.
 */
const FIRST_PORT = 12_000;
const PORTS = 8_000;
const MAX_ATTEMPTS = 200;

/**
 * Free ports of the loopback address. All are different, because each stays open until the last is
 * found.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, holdAny));
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

async function holdAny(): Promise<{ readonly port: number; readonly server: Server }> {
  for (let tries = 1; ; tries += 1) {
    // At random, because several runs on one machine search at the same time.
    const port = FIRST_PORT + randomInt(PORTS);
    try {
      return { port, server: await hold(port) };
    } catch (error) {
      if (tries === MAX_ATTEMPTS) throw error;
    }
  }
}

function hold(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
