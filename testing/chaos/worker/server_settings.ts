import { storeSettings } from '@latchkey/test-environment/store_location';
import type { WorkerSettings } from '../plan/protocol.ts';
import { PROVIDER_HOST, PROVIDER_ORIGIN } from '../provider/provider_server.ts';

/** Limit that does not slow down many callers. */
export const MANY = { limit: 5_000, lookbackWindow: '1m' };
/**
 * Timeouts of the store in milliseconds. They are a tenth of the production values, as is the
 * lease.
 */
export const STORE_TIMEOUTS = { requestTimeoutMs: 3_000, pingTimeoutMs: 1_000 };

/** Account of the administrator, who has all privileges. */
export const ADMINISTRATOR = {
  username: 'elastic',
  password: 'development-only-password',
} as const;

/**
 * Returns the settings of a whole server: one store, one provider under a host name of its own, and
 * no limit that would slow down many callers.
 */
export function serverSettings({
  store,
  origin,
}: WorkerSettings): Readonly<Record<string, unknown>> {
  return {
    ...storeSettings(store),
    ...(store.kind === 'sqlite'
      ? {}
      : {
          'elasticsearch.requestTimeout': `${STORE_TIMEOUTS.requestTimeoutMs}ms`,
          'elasticsearch.pingTimeout': `${STORE_TIMEOUTS.pingTimeoutMs}ms`,
        }),
    'server.port': 0,
    'server.publicBaseUrl': 'http://localhost:5601',
    'xpack.encryptedSavedObjects.encryptionKey': 'development-only-key-0123456789abcdef',
    'xpack.security.initialAdminPassword': ADMINISTRATOR.password,
    'xpack.actions.allowedHosts': [PROVIDER_HOST],
    'xpack.actions.dev.hostOverrides': { [PROVIDER_ORIGIN]: origin },
    'xpack.actions.auth.oauth_authorization_code.rate_limits': { authorize: MANY, callback: MANY },
    'xpack.task_manager.poll_interval': '200ms',
    'logging.root.level': 'debug',
  };
}
