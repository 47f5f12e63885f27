import { randomInt } from 'node:crypto';
import getPort from 'get-port';

/**
 * First port of the range from which ports are chosen. The range is below that from which the
 * system assigns free ports, which starts at 32768 or higher. A server listens a second or two
 * after its port was found, and a server that was killed listens on the same port again later; the
 * system must not assign the port to another program in between.
 */
const FIRST_PORT = 12_000;
/**
 * Number of ports in the range of one worker of Vitest. Each worker uses its own range, because two
 * workers could find the same free port.
 */
const PORTS_OF_A_WORKER = 1_600;
const WORKERS = 12;

const first =
  FIRST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS) * PORTS_OF_A_WORKER;

/** Returns a free port of the loopback address that no other call in this process returns. */
export async function aFreePort(): Promise<number> {
  // The search starts at a random port, because other test runs on the same machine use the same
  // range.
  const start = randomInt(PORTS_OF_A_WORKER);
  const port = Array.from(
    { length: PORTS_OF_A_WORKER },
    (_, index) => first + ((start + index) % PORTS_OF_A_WORKER),
  );
  return getPort({ port, reserve: true });
}
