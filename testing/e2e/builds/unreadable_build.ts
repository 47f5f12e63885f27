/** A build that changes connectors of one name into documents that the product cannot read. */
import { z } from 'zod';
import { connectorSoType } from '../../../plugins/actions/server/connectors/connector_so_type.ts';
import { addModelVersion } from './add_model_version.ts';

addModelVersion(connectorSoType, {
  changes: [
    {
      type: 'unsafe_transform',
      transform: ({ name, ...rest }) => ({ ...rest, name: name === 'Odd' ? { text: name } : name }),
    },
  ],
  adds: { name: z.union([z.string(), z.strictObject({ text: z.string() })]) },
});
