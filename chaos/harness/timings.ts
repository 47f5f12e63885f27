/** Short enough for many rounds, in the same proportions as in production. */
export const TIMINGS = {
  leaseTtlMs: 1_000,
  callTimeoutMs: 2_500,
  waitMs: 4_500,
  pollMs: 20,
  saveMs: 20_000,
} as const;
