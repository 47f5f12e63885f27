import type { PluginConfigDescriptor } from '@latchkey/core/server';
import { z } from 'zod';

const schema = z.strictObject({
  /** First word of each greeting. */
  greeting: z.string().min(1).max(100).default('Hello'),
});

/** Parsed settings under `xpack.hello_plugin`. */
export type HelloPluginConfig = z.infer<typeof schema>;

/** Settings under `xpack.hello_plugin`. The browser sees none of them. */
export const config: PluginConfigDescriptor<HelloPluginConfig> = { schema };
