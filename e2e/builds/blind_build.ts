/** A build on a platform that tells nothing of other processes, as where there is no `/proc`: a dead holder of a lease is known by its heartbeat alone. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { readlinkSync } = fs;
const OWN_NAMESPACE = '/proc/self/ns/pid';

Object.assign(fs, {
  readlinkSync: (path: fs.PathLike): string => {
    if (path === OWN_NAMESPACE) throw new Error('There is no /proc here');
    return readlinkSync(path);
  },
});
syncBuiltinESMExports();
