import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which the system assigns free ports, which starts at 32768 or higher. A
 * server listens a second or two after its port was found, and a closed proxy listens again later;
 * the system must not assign the port in between.
 */
const FIRST_PORT = 20_000;
/** Each Jest worker uses its own range, because two of them could find the same free port. */
const PORTS_OF_A_WORKER = 1_000;
const WORKERS = 12;
const HOSTS = ['localhost', '127.0.0.1'];

const first =
  FIRST_PORT + (Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS) * PORTS_OF_A_WORKER;
/** A random start, because other runs on the same machine use the same ports. */
const start = randomInt(PORTS_OF_A_WORKER);
let triedPorts = 0;

/** A free port of the loopback address that no other call returns. */
export async function aFreePort(): Promise<number> {
  while (triedPorts < PORTS_OF_A_WORKER) {
    const port = first + ((start + triedPorts) % PORTS_OF_A_WORKER);
    triedPorts += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${first} on`);
}

async function isFree(port: number): Promise<boolean> {
  for (const host of HOSTS) if (!(await canListen(port, host))) return false;
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
