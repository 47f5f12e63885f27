import { z } from 'zod';
import { defineAuthType } from './define_auth_type.ts';

/** No credentials at all. */
export const noneAuthType = defineAuthType({
  id: 'none',
  label: 'None',
  authMode: 'shared',
  schema: z.strictObject({}),
  async configure() {
    // Nothing to set: the service is public.
  },
});
