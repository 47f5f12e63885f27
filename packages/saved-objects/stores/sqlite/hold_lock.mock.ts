/**
 * A process that locks the database: `node hold_lock.mock.ts FILE`. It holds the lock until it
 * reads a line of input.
 */
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';

const db = new DatabaseSync(process.argv[2] ?? '');
db.exec('BEGIN IMMEDIATE');
process.stdout.write('locked\n');
await once(process.stdin, 'data');
db.exec('COMMIT');
db.close();
process.stdin.destroy();
