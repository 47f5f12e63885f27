import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startElasticsearch } from '@latchkey/elasticsearch';
import { readArguments } from '../../scripts/arguments.ts';
import type { StoreLocation } from './operations/open_store.ts';
import { measurePasses } from './operations/passes.ts';
import { measureRotation } from './operations/rotation.ts';

const USAGE = `Measures the recurring jobs, or a key rotation, while processes read tokens; see testing/bench/operations/README.md.

  npm run bench -- operations passes   [--store sqlite|elasticsearch] [--count 1000000] [--others N] [--due 1000] [--folder DIR]
  npm run bench -- operations rotation [--store sqlite|elasticsearch] [--count 100000]

  --others N    documents of each kind but grants; default: as many as grants
  --folder DIR  fills it once and keeps it; SQLite only
`;

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    store: { type: 'string', default: 'sqlite' },
    count: { type: 'string' },
    others: { type: 'string' },
    folder: { type: 'string' },
    due: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function onStore(
  work: (location: StoreLocation, folder: string) => Promise<unknown>,
): Promise<void> {
  const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'latchkey-operations-')));
  const cluster =
    values.store === 'elasticsearch'
      ? await startElasticsearch({ dataPath: folder, heapMb: 1024, shortLived: false, report: say })
      : undefined;
  try {
    await work(
      cluster === undefined
        ? { kind: 'sqlite', path: join(folder, 'latchkey.sqlite') }
        : { kind: 'elasticsearch', hosts: cluster.hosts, prefix: 'bench_' },
      folder,
    );
  } finally {
    await cluster?.stop();
    if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

switch (positionals[0]) {
  case 'passes':
    await onStore((location) =>
      measurePasses({
        location,
        count: Number(values.count ?? 1_000_000),
        others: Number(values.others ?? values.count ?? 1_000_000),
        due: Number(values.due),
        say,
      }),
    );
    break;
  case 'rotation':
    await onStore((location, folder) =>
      measureRotation({ location, folder, count: Number(values.count ?? 100_000), say }),
    );
    break;
  default:
    process.stdout.write(USAGE);
    process.exitCode = 1;
}
