import type { PluginInitializerContext } from '@latchkey/core/server';
import type { SecurityConfig } from './config.ts';
import { SecurityPlugin } from './plugin.ts';

export type { SecurityConfig } from './config.ts';
export { config } from './config.ts';
export type {
  Audit,
  AuditEvent,
  AuditOutcome,
  DeferredIdentity,
  FeatureRegistration,
  PageUser,
  SecuritySetup,
  SecurityStart,
  SpaceDeletion,
  UserChange,
} from './types.ts';

/** Creates the plugin. Called by core, once per process. */
export const plugin = (context: PluginInitializerContext<SecurityConfig>): SecurityPlugin =>
  new SecurityPlugin(context);
