/**
 * A build with an attribute that the {@link file://./second_build.ts second build} removes. The
 * attribute is optional, because a model version may remove only optional attributes.
 */
import { connectorSoType, userConnectorTokenType } from '@latchkey/actions-plugin/server/testing';
import { z } from 'zod';
import { addModelVersion } from './add_model_version.ts';

for (const type of [connectorSoType, userConnectorTokenType]) {
  addModelVersion(type, {
    changes: [{ type: 'data_backfill', backfill: () => ({ origin: 'filled in' }) }],
    // Because of the default, every write of this build contains the attribute.
    adds: { origin: z.string().default('written').optional() },
  });
}
