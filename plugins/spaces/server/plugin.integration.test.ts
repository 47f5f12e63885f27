import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('the entry point of the spaces plugin', () => {
  it('can be loaded by plain Node, which only strips types', async () => {
    const script =
      "const m = await import('@latchkey/spaces-plugin/server'); console.log(Object.keys(m).sort().join());";
    const { NODE_OPTIONS: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: import.meta.dirname, env },
    );
    expect(stdout.trim()).toBe('config,plugin');
  });
});
