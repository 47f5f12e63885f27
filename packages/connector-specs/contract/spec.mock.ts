import { z } from 'zod';
import { defineAction } from './define_action.ts';
import type { ConnectorSpec } from './types.ts';

/** A valid spec for tests; override what matters. */
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
      description: 'Answers its input.',
      handler: async (_context, { text }) => ({ text }),
    }),
  },
  test: { enabled: true, handler: async () => ({}) },
  ...over,
});
