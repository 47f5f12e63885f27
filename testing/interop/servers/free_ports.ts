import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range of ports that systems assign, so that the port stays free until a slow server
 * listens.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Free ports of the loopback address. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
