import { defineRoute } from '@latchkey/core/common';
import { userSettings } from './user_settings.ts';

const route = {
  path: '/internal/security/user_profile/settings',
  access: 'internal',
  tags: ['users'],
} as const;

/** Gets the personal settings of the signed-in user. */
export const getUserSettings = defineRoute({
  ...route,
  method: 'get',
  summary: 'Get the settings of the signed-in user',
  responses: { 200: { description: 'The settings', body: userSettings } },
});

/** Replaces the personal settings of the signed-in user. */
export const putUserSettings = defineRoute({
  ...route,
  method: 'put',
  summary: 'Change the settings of the signed-in user',
  description: 'API keys cannot change settings.',
  body: userSettings,
  responses: { 200: { description: 'The settings', body: userSettings } },
});
