import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectorSpecs } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import { ROOT } from './command.ts';
import { CONNECTORS_PAGE, connectorsPage } from './connector_docs.ts';

describe('docs/connectors.md', () => {
  const page = readFileSync(join(ROOT, CONNECTORS_PAGE), 'utf8');

  it('describes the connector types as they are defined now', () => {
    // When this fails because a connector type has changed, run: npm run connector_docs
    expect(page).toBe(connectorsPage());
  });

  it.each(connectorSpecs.map((spec) => [spec.metadata.id, spec] as const))(
    'describes every action of %s',
    (_, { actions }) => {
      const missing = Object.keys(actions).filter((name) => !page.includes(`\n| \`${name}\` `));
      expect(missing).toEqual([]);
    },
  );
});
