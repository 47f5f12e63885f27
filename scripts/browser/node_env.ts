/**
 * Runs a build with a value of `NODE_ENV`, and restores the previous value. Vite reads `NODE_ENV`
 * from the process, so in a test, libraries would be built for tests.
 */
export async function withNodeEnv<T>(
  value: 'production' | 'development',
  run: () => Promise<T>,
): Promise<T> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = value;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
