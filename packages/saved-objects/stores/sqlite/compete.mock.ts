/**
 * A process that competes for one document: `node compete.mock.ts FILE`. For each line of input, it
 * writes the document on condition of the version in the line, and prints `won` or `lost`.
 */
import { createInterface } from 'node:readline';
import { aNote, GLOBAL, NOTE } from '../../conformance/documents.ts';
import { StoreError } from '../../store/store_error.ts';
import { createSqliteStore } from './index.ts';

const store = createSqliteStore({ path: process.argv[2] ?? '' });
await store.prepare([NOTE, GLOBAL]);
process.stdout.write('ready\n');
for await (const version of createInterface({ input: process.stdin })) {
  const condition = version === 'absent' ? { ifAbsent: true as const } : { ifVersion: version };
  try {
    await store.put(aNote('contested', { writer: process.pid }), { condition });
    process.stdout.write('won\n');
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'conflict') throw error;
    process.stdout.write('lost\n');
  }
}
await store.close();
