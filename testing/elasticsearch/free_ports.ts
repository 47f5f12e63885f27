import { randomInt } from 'node:crypto';
import getPort from 'get-port';

/**
 * Below the range from which the system assigns free ports, which starts at 32768 or higher. A
 * server listens a second or two after its port was found, and a killed one listens again later;
 * the system must not assign the port in between.
 */
const FIRST_PORT = 12_000;
/** Each Jest worker uses its own range, because two of them could find the same free port. */
const PORTS_OF_A_WORKER = 1_600;
const WORKERS = 12;

const first =
  FIRST_PORT + (Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS) * PORTS_OF_A_WORKER;

/** A free port of the loopback address that no other call of this process returns. */
export async function aFreePort(): Promise<number> {
  // A random start, because other runs on the same machine use the same ports.
  const start = randomInt(PORTS_OF_A_WORKER);
  const port = Array.from(
    { length: PORTS_OF_A_WORKER },
    (_, index) => first + ((start + index) % PORTS_OF_A_WORKER),
  );
  return getPort({ port, reserve: true });
}
