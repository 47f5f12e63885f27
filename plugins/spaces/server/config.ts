import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const schema = z.strictObject({
  /** Maximum number of spaces, so that a faulty script cannot fill the store. */
  maxSpaces: z.int().min(1).max(10_000).default(1000),
});

/** Parsed `xpack.spaces.*`. */
export type SpacesConfig = z.infer<typeof schema>;

/** Settings under `xpack.spaces`. None is visible to browsers. */
export const config: PluginConfigDescriptor<SpacesConfig> = { schema };
