/** The build after the first: one more model version of both types, with an addition, a back-fill, a removal and one more encrypted attribute. */
import './first_build.ts';
import { z } from 'zod';
import {
  connectorEncryption,
  connectorSoType,
} from '../../plugins/actions/server/connectors/connector_so_type.ts';
import {
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from '../../plugins/actions/server/oauth/tokens/grants/token_types.ts';
import { addModelVersion } from './add_model_version.ts';

for (const type of [connectorSoType, userConnectorTokenType]) {
  addModelVersion(type, {
    changes: [
      { type: 'mappings_addition', addedMappings: { label: { type: 'keyword' } } },
      {
        type: 'data_backfill',
        // Counts itself, so that one that runs twice over a document shows.
        backfill: ({ label, filled }) => ({
          label: label ?? 'none',
          filled: Number(filled ?? 0) + 1,
        }),
      },
      { type: 'data_removal', removedAttributes: ['origin'] },
    ],
    adds: {
      label: z.string().default('none'),
      filled: z.number().default(1),
      // What this build puts into everything it writes, encrypted.
      vault: z.string().default('vault-canary').optional(),
    },
    removes: ['origin'],
  });
}

const registrations: readonly {
  readonly type: string;
  readonly attributesToEncrypt: readonly string[];
}[] = [connectorEncryption, ...tokenEncryption];
for (const registration of registrations) {
  if ([connectorSoType.name, USER_CONNECTOR_TOKEN_TYPE].includes(registration.type)) {
    Object.assign(registration, {
      attributesToEncrypt: [...registration.attributesToEncrypt, 'vault'],
    });
  }
}
