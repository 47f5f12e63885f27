import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createGrantClients } from '../strategies/index.ts';
import { aConnector, someDeps } from '../strategies/strategies.mock.ts';
import { FLOW_ANSWERS } from './flow_answers.ts';

const PAGE = readFileSync(
  join(import.meta.dirname, '../../../../../docs/authorize-a-connector.md'),
  'utf8',
);

describe('docs/authorize-a-connector.md', () => {
  it.each(Object.entries(FLOW_ANSWERS))('quotes what a person sees for %s', (code, answer) => {
    const rows = PAGE.split('\n').filter((line) => line.includes(`\`${code}\``));
    const row = rows.find((line) => line.startsWith(`| ${answer.text} |`));
    expect(row).toContain(`| ${answer.statusCode} |`);
  });

  it('names the provider keys that the server uses', () => {
    const rows = [...PAGE.matchAll(/^\| `(https:[^`]+)` +\| `([^`]+)` +\|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, origin, key] of rows) {
      const secrets = { ...aConnector().secrets, tokenUrl: `${origin}/oauth/token` };
      const client = createGrantClients(someDeps()).forConnector(aConnector({ secrets }));
      expect([origin, client.providerKey]).toEqual([origin, key]);
    }
  });
});
