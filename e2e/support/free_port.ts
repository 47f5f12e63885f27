import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that the system gives to whoever wants any, which begin at 32768 or higher. A server listens a second or two after its port was found,
 * and a gate that was closed listens again: meanwhile nobody is given theirs.
 */
const FIRST_PORT = 20_000;
/** Each Jest worker looks among ports of its own, as two of them could find the same one free. */
const PORTS_OF_A_WORKER = 1_000;
const WORKERS = 12;
const HOSTS = ['localhost', '127.0.0.1'];

const first =
  FIRST_PORT + (Number(process.env['JEST_WORKER_ID'] ?? 0) % WORKERS) * PORTS_OF_A_WORKER;
/** Not always the first one: other runs on the same machine look among the same ports. */
const start = randomInt(PORTS_OF_A_WORKER);
let triedPorts = 0;

/** A port of the loopback addresses that nobody listens on, and that no other call returns. */
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
