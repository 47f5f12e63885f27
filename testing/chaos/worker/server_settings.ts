import { PROVIDER_HOST, PROVIDER_ORIGIN } from '../provider/provider_server.ts';
import type { WorkerSettings } from './protocol.ts';

const MANY = { limit: 5_000, lookbackWindow: '1m' };

/** The administrator with all privileges. */
export const ADMINISTRATOR = {
  username: 'elastic',
  password: 'development-only-password',
} as const;

/**
 * Settings of a whole server: one store, one provider under a separate host name, and no limit that
 * would slow down many callers.
 */
export function serverSettings({
  dataPath,
  store,
  origin,
}: WorkerSettings): Readonly<Record<string, unknown>> {
  const elasticsearch =
    store.kind === 'sqlite'
      ? {}
      : {
          'elasticsearch.hosts': store.hosts,
          'elasticsearch.indexPrefix': store.indexPrefix,
          'elasticsearch.requestTimeout': '3s',
          'elasticsearch.pingTimeout': '1s',
        };
  return {
    'path.data': dataPath,
    'server.port': 0,
    'server.publicBaseUrl': 'http://localhost:5601',
    'xpack.encryptedSavedObjects.encryptionKey': 'development-only-key-0123456789abcdef',
    'xpack.security.initialAdminPassword': ADMINISTRATOR.password,
    'xpack.actions.allowedHosts': [PROVIDER_HOST],
    'xpack.actions.dev.hostOverrides': { [PROVIDER_ORIGIN]: origin },
    'xpack.actions.auth.oauth_authorization_code.rate_limits': { authorize: MANY, callback: MANY },
    'xpack.task_manager.poll_interval': '200ms',
    'logging.root.level': 'debug',
    ...elasticsearch,
  };
}
