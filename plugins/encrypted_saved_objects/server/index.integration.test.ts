import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the encryption plugin can be loaded by plain Node, without a build', async () => {
  const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
  const program = `
    const { config, plugin } = await import(${JSON.stringify(entry)});
    console.log(plugin({ config: config.schema.parse({}) }).constructor.name);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program],
    { env: {} },
  );
  expect(stdout.trim()).toBe('EncryptedSavedObjectsPlugin');
});
