import { z } from 'zod';

/** Settings of this plugin that every browser receives with the page. They contain no secret. */
export const actionsBrowserSettings = z.object({
  /** `false`: EARS, the service that owns OAuth apps, is switched off or not configured. */
  isEarsAvailable: z.boolean(),
});
