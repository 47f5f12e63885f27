import { join } from 'node:path';
import { BackgroundCluster, EsError, type RecordedNode } from '@latchkey/elasticsearch';
import { readArguments } from './arguments.ts';
import { ROOT } from './command.ts';

const USAGE = `Runs a real Elasticsearch on this machine, for development and tests.

  npm run es -- start [--nodes N] [--port P]   starts it in the background; N nodes on ports P, P+1 …
  npm run es -- status                         lists running nodes
  npm run es -- stop                           stops it and keeps its data

  --nodes N   default 1
  --port P    default 9200
  --data DIR  folder of data and logs; default data/elasticsearch
`;

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '1' },
    port: { type: 'string', default: '9200' },
    data: { type: 'string', default: join(ROOT, 'data', 'elasticsearch') },
    help: { type: 'boolean', default: false },
  },
});

try {
  process.exitCode = await main(positionals[0]);
} catch (error) {
  if (!(error instanceof EsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(command: string | undefined): Promise<number> {
  const cluster = new BackgroundCluster(values.data);
  switch (command) {
    case 'start':
      return start(cluster);
    case 'status':
      return status(await cluster.running());
    case 'stop': {
      const stopped = await cluster.stop();
      console.log(
        stopped.length === 0 ? 'No Elasticsearch node is running.' : `Stopped ${names(stopped)}.`,
      );
      return 0;
    }
    default:
      process.stdout.write(USAGE);
      return 1;
  }
}

async function start(cluster: BackgroundCluster): Promise<number> {
  const nodes = wholeNumber(values.nodes, 1, 9);
  const port = wholeNumber(values.port, 1, 65_000);
  if (nodes === undefined || port === undefined) {
    console.error('--nodes takes a number from 1 to 9, --port a number from 1 to 65000.');
    return 1;
  }
  const running = await cluster.start({ nodes, port, report: (line) => console.log(line) });
  status(running);
  console.log(
    `\nTo use it:\n  elasticsearch.hosts: ${JSON.stringify(running.map(({ url }) => url))}`,
  );
  return 0;
}

function status(running: readonly RecordedNode[]): number {
  if (running.length === 0) {
    console.log('No node is running.');
    return 1;
  }
  for (const { name, url, pid, logFile } of running) {
    console.log(`${name}  ${url}  process ${pid}  log ${logFile}`);
  }
  return 0;
}

function names(nodes: readonly RecordedNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}
