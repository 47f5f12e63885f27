import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '@latchkey/core/server/lifecycle';
import { ROOT } from './command.ts';

/**
 * Writes docs/openapi.json from the routes. With `--check`, reports whether the committed file is
 * up to date.
 */
const FILE = join(ROOT, 'docs', 'openapi.json');
const isCheck = process.argv.includes('--check');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-openapi-'));

const server = await createServer({
  mode: 'development',
  root: ROOT,
  configFiles: [],
  env: {},
  overrides: {
    'path.data': folder,
    'server.port': 0,
    'server.publicBaseUrl': 'http://localhost:5601',
    'logging.root.level': 'error',
  },
});
// All routes are known after `setup`. The server does not listen, and the store stays closed.
await server.setup();
const response = await server.inject({ method: 'GET', url: '/api/openapi.json' });
await server.stop();
rmSync(folder, { recursive: true, force: true });

const generated = `${JSON.stringify(response.json(), undefined, 2)}\n`;
if (!isCheck) {
  writeFileSync(FILE, generated);
} else if (generated !== readFileSync(FILE, 'utf8')) {
  console.error('docs/openapi.json is not up to date. Run: npm run openapi');
  process.exitCode = 1;
}
