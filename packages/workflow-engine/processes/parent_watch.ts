// A thread that ends its process when the parent has ended. The main thread may be busy then.
import { workerData } from 'node:worker_threads';

const INTERVAL_MS = 500;

setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);
