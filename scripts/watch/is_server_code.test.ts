import { describe, expect, it } from 'vitest';
import { isServerCode } from './is_server_code.ts';

describe('a change of a file', () => {
  it.each([
    'plugins/actions/server/plugin.ts',
    'plugins/actions/common/fields.ts',
    'plugins/security/kibana.jsonc',
    'packages/egress/create_egress.ts',
    'config/kibana.yml',
  ])('to %s starts the server again', (path) => {
    expect(isServerCode('/checkout', `/checkout/${path}`)).toBe(true);
  });

  it.each([
    'plugins/connectors_ui/public/plugin.ts',
    'plugins/actions/server/plugin.test.ts',
    'plugins/actions/server/testing/store.mock.ts',
    'plugins/actions/README.md',
    'node_modules/zod/index.js',
    'scripts/watch.ts',
  ])('to %s does not start the server again', (path) => {
    expect(isServerCode('/checkout', `/checkout/${path}`)).toBe(false);
  });
});
