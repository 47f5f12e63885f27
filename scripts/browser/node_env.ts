/**
 * Runs a build with a value of `NODE_ENV`, which Vite takes from the process: in a test, libraries
 * would be built for tests. Other code in the process keeps its `NODE_ENV`.
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
