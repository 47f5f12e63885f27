import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProviderClients } from '../strategies/index.ts';
import { aConnector, someDeps } from '../strategies/strategies.mock.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';

const PAGE = join(import.meta.dirname, '../../../../../docs/authorize-a-connector.md');

/** Rows of all tables of the page, as arrays of trimmed cells. */
const ROWS = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('docs/authorize-a-connector.md', () => {
  it.each(Object.entries(FLOW_RESPONSES))(
    'quotes the text that a user sees for %s',
    (code, response) => {
      const row = ROWS.find(([, text]) => text === response.text.en);
      expect(row?.[2]).toBe(String(response.statusCode));
      expect(row?.[3]).toContain(`\`${code}\``);
    },
  );

  it('contains the provider keys that the server computes', () => {
    const keys = ROWS.filter(([, origin]) => origin?.startsWith('`https://'));
    expect(keys.length).toBeGreaterThan(5);
    for (const [, origin = '', key = ''] of keys) {
      const tokenUrl = `${origin.replaceAll('`', '')}/oauth/token`;
      const connector = aConnector({
        secrets: { ...aConnector().secrets, authorizationUrl: tokenUrl, tokenUrl },
      });
      const { providerKey } = createProviderClients(someDeps()).forConnector(connector);
      expect([origin, `\`${providerKey}\``]).toEqual([origin, key]);
    }
  });
});
