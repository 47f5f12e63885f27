import type { RefreshTimings } from '@latchkey/actions-plugin/server/testing';

/** Returns the build with these durations of refreshes instead of those of the product. */
export function withRefreshTimings(timings: Partial<RefreshTimings>): URL {
  const build = new URL('../builds/refresh_timings_build.ts', import.meta.url);
  for (const [name, value] of Object.entries(timings)) build.searchParams.set(name, String(value));
  return build;
}
