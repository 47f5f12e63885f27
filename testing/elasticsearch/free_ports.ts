import { randomInt } from 'node:crypto';
import getPort from 'get-port';

/**
 * Below the range from which the system assigns free ports (32768 or higher), so that a killed node
 * finds its port free when it restarts.
 */
const FIRST_PORT = 12_000;
const PORTS = 8_000;
const MAX_ATTEMPTS = 200;

/** Different free ports of the loopback address. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (const _ of Array(count)) found.push(await freePort());
  return found;
}

function freePort(): Promise<number> {
  // At random, because several runs on one machine search at the same time.
  const port = Array.from({ length: MAX_ATTEMPTS }, () => FIRST_PORT + randomInt(PORTS));
  return getPort({ port, reserve: true });
}
