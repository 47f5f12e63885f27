import type { PluginInitializerContext } from '@latchkey/core/server';
import type { EncryptedSavedObjectsConfig } from './config.ts';
import { EncryptedSavedObjectsPlugin } from './plugin.ts';

export { config, type EncryptedSavedObjectsConfig } from './config.ts';
export type {
  EncryptedSavedObjectsSetup,
  EncryptedSavedObjectsStart,
  EncryptedTypeRegistration,
  KeyAdministrationEvent,
} from './types.ts';

/** Creates the plugin; called once by core. */
export const plugin = (
  context: PluginInitializerContext<EncryptedSavedObjectsConfig>,
): EncryptedSavedObjectsPlugin => new EncryptedSavedObjectsPlugin(context);
