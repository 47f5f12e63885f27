/**
 * The build after the first. It adds one more model version to both types, which adds, backfills
 * and removes an attribute, and adds an encrypted one.
 */
import './first_build.ts';
import {
  connectorEncryption,
  connectorSoType,
  tokenEncryption,
  USER_CONNECTOR_TOKEN_TYPE,
  userConnectorTokenType,
} from '@latchkey/actions-plugin/server/testing';
import { z } from 'zod';
import { addModelVersion } from './add_model_version.ts';

for (const type of [connectorSoType, userConnectorTokenType]) {
  addModelVersion(type, {
    changes: [
      { type: 'mappings_addition', addedMappings: { label: { type: 'keyword' } } },
      {
        type: 'data_backfill',
        // The backfill counts its runs, so that a second run on the same document is visible.
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
      // Because of the default, every document that this build writes has this encrypted attribute.
      extraSecret: z.string().default('extra-secret-canary').optional(),
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
      attributesToEncrypt: [...registration.attributesToEncrypt, 'extraSecret'],
    });
  }
}
