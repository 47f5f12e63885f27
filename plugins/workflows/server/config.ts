import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const schema = z.strictObject({});

/** Settings under `xpack.workflows`. There are none yet. */
export type WorkflowsConfig = z.infer<typeof schema>;

/** No setting is visible to browsers. */
export const config: PluginConfigDescriptor<WorkflowsConfig> = { schema };
