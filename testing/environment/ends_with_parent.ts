/**
 * A module that test servers load first. It ends the server when the process of the test has ended
 * without stopping it, for example because it was killed.
 */
const CHECK_EVERY_MS = 1_000;
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, CHECK_EVERY_MS).unref();
