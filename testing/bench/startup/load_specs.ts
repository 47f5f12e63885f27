// Loads the connector types of the checkout in the first argument, and prints the CPU time and
// memory that this took.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const [, , root = ''] = process.argv;
const file = join(root, 'packages', 'connector-specs', 'index.ts');

collectGarbage();
const heapBefore = process.memoryUsage().heapUsed;
const cpuBefore = process.cpuUsage();
const { connectorSpecs } = await import(pathToFileURL(file).href);
const { user, system } = process.cpuUsage(cpuBefore);
collectGarbage();
const loaded = {
  types: connectorSpecs.length,
  cpuMs: (user + system) / 1000,
  heapBytes: process.memoryUsage().heapUsed - heapBefore,
};
process.stdout.write(JSON.stringify(loaded));
