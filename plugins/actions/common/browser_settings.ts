import { z } from 'zod';

/** Settings of this plugin that every browser receives in the boot data. Holds no secret. */
export const actionsBrowserSettings = z.object({
  /** `false`: EARS, the service that owns OAuth apps, is not configured or switched off. */
  isEarsAvailable: z.boolean(),
});
