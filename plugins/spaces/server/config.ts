import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const schema = z.strictObject({
  /** How many spaces may exist. */
  maxSpaces: z.int().min(1).max(10_000).default(1000),
});

/** Parsed `xpack.spaces.*`. */
export type SpacesConfig = z.infer<typeof schema>;

/** Settings under `xpack.spaces`; none of them reaches the browser. */
export const config: PluginConfigDescriptor<SpacesConfig> = { schema };
