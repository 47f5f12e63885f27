import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the ports that the system gives to whoever wants any (from 32768 on, or higher): a node that was killed and comes back finds its own free. */
const FIRST_PORT = 12_000;
const PORTS = 8_000;
const MAX_ATTEMPTS = 200;

/** Ports of the loopback address that nobody uses now; all different, as they are held until the last is found. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, holdAny));
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

async function holdAny(): Promise<{ readonly port: number; readonly server: Server }> {
  for (let tries = 1; ; tries += 1) {
    // At random, because several runs on one machine look at the same time.
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
