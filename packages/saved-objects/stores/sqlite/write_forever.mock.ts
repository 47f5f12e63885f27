/**
 * A process that writes until it is killed: `node write_forever.mock.ts FILE PREFIX`. Prints the id
 * of each document after its write is acknowledged. It has four concurrent writers, so that writes
 * are committed in groups.
 */
import { aNote, GLOBAL, NOTE } from '../../conformance/documents.ts';
import { createSqliteStore } from './index.ts';

const [path = '', prefix = ''] = process.argv.slice(2);
const store = createSqliteStore({ path });
await store.prepare([NOTE, GLOBAL]);
await Promise.all(
  [0, 1, 2, 3].map(async (writer) => {
    for (let count = 0; ; count += 1) {
      const id = `${prefix}-${writer}-${count}`;
      await store.put(aNote(id, { title: id, filler: id.repeat(40) }));
      process.stdout.write(`${id}\n`);
    }
  }),
);
