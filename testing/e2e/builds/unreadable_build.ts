/** A build that changes connectors of one name into documents that the product cannot read. */
import { connectorSoType } from '@latchkey/actions-plugin/server/testing';
import { addModelVersion } from '@latchkey/test-stack';
import { z } from 'zod';

addModelVersion(connectorSoType, {
  changes: [
    {
      type: 'unsafe_transform',
      transform: ({ name, ...rest }) => ({ ...rest, name: name === 'Odd' ? { text: name } : name }),
    },
  ],
  adds: { name: z.union([z.string(), z.strictObject({ text: z.string() })]) },
});
