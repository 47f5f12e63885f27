import { z } from 'zod';
import type { ConnectorSpec } from '../contract/types.ts';
import { defineAction } from './define_spec.ts';

/** A valid spec for tests. Override the members that matter for a test. */
export const aConnectorSpec = (over: Partial<ConnectorSpec> = {}): ConnectorSpec => ({
  metadata: {
    id: '.sample',
    displayName: 'Sample',
    description: 'A sample service.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: { types: ['none', 'bearer'] },
  actions: {
    echo: defineAction({
      input: z.strictObject({ text: z.string().max(10).default('hi') }),
      scope: 'read',
      description: 'Returns its input.',
      handler: async (_context, { text }) => ({ text }),
    }),
  },
  test: { enabled: true, handler: async () => ({}) },
  ...over,
});
