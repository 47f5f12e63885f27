/**
 * A build with other durations of refreshes. Each parameter replaces a duration of the product, in
 * milliseconds, for example `?leaseTtlMs=60000`.
 */
import { DEFAULT_REFRESH_TIMINGS } from '@latchkey/actions-plugin/server/testing';

for (const [name, value] of new URL(import.meta.url).searchParams) {
  if (!(name in DEFAULT_REFRESH_TIMINGS)) throw new Error(`There is no duration [${name}]`);
  Object.assign(DEFAULT_REFRESH_TIMINGS, { [name]: Number(value) });
}
