/**
 * A build like one on a platform without `/proc`. It cannot see other processes, so only the
 * heartbeat shows that the holder of a lease has exited.
 */
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
