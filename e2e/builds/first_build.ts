/** A build with an attribute that the {@link file://./second_build.ts second build} removes again. It is optional, as that rule demands. */
import { z } from 'zod';
import { connectorSoType } from '../../plugins/actions/server/connectors/connector_so_type.ts';
import { userConnectorTokenType } from '../../plugins/actions/server/oauth/tokens/grants/token_types.ts';
import { addModelVersion } from './add_model_version.ts';

for (const type of [connectorSoType, userConnectorTokenType]) {
  addModelVersion(type, {
    changes: [{ type: 'data_backfill', backfill: () => ({ origin: 'filled in' }) }],
    // The default makes every write of this build hold it.
    adds: { origin: z.string().default('written').optional() },
  });
}
