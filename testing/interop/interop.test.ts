import { stopEverything } from '@latchkey/test-environment';
import { itIsMissing } from '@latchkey/test-environment/stores';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeAuthorization } from './behaviours/authorization.ts';
import { describeConsentRequired } from './behaviours/consent_required.ts';
import { describeCrashRecovery } from './behaviours/crash_recovery.ts';
import { describeGrantRevocation } from './behaviours/grant_revocation.ts';
import { describeIssuerDiscovery } from './behaviours/issuer_discovery.ts';
import { describeProviderFailures } from './behaviours/provider_failures.ts';
import { describeRefresh } from './behaviours/refresh.ts';
import { describeSharedClient } from './behaviours/shared_client.ts';
import { InteropEnvironment } from './environment/interop_environment.ts';
import type { AuthorizationServer } from './provider/authorization_server.ts';
import { startHydra } from './servers/hydra/start_hydra.ts';
import { startKeycloak } from './servers/keycloak/start_keycloak.ts';
import { type Prepared, preparedServers } from './servers/prepared_servers.ts';

const { keycloak, hydra } = preparedServers();

type Behaviours = Readonly<Record<string, (environmentOf: () => InteropEnvironment) => void>>;

/**
 * Time in which Hydra accepts a spent refresh token again: the maximum that Hydra allows, and
 * longer than a process needs to notice that another one has exited.
 */
const GRACE_SECONDS = 300;

/** Defines all tests against one third-party server, or reports why it is not available. */
function against<T>(
  name: string,
  prepared: Prepared<T> | undefined,
  how: {
    readonly start: (ready: T) => Promise<AuthorizationServer>;
    readonly behaviours: Behaviours;
  },
): void {
  if (prepared === undefined) return;
  describe(name, () => {
    if ('missing' in prepared) {
      itIsMissing(`NOT TESTED against ${name}: ${prepared.missing}`);
      return;
    }
    let provider: AuthorizationServer | undefined;
    let environment: InteropEnvironment | undefined;
    beforeAll(async () => {
      provider = await how.start(prepared.ready);
      environment = await InteropEnvironment.open(provider);
    });
    afterEach(() => provider?.proxy.clear());
    afterAll(async () => {
      await environment?.close();
      await stopEverything();
      await provider?.stop();
    });
    const environmentOf = (): InteropEnvironment => {
      if (environment === undefined) throw new Error('The environment did not start');
      return environment;
    };
    for (const [title, define] of Object.entries(how.behaviours))
      describe(title, () => define(environmentOf));
  });
}

const all: Behaviours = {
  'issuer discovery': describeIssuerDiscovery,
  authorization: describeAuthorization,
  refresh: describeRefresh,
  'crash recovery': describeCrashRecovery,
  'grant revocation': describeGrantRevocation,
  'provider failures': describeProviderFailures,
  'shared client': describeSharedClient,
};

against('Keycloak', keycloak, {
  start: startKeycloak,
  behaviours: { ...all, 'consent required': describeConsentRequired },
});
against('Ory Hydra', hydra, { start: startHydra, behaviours: all });
against('Ory Hydra with a grace period', hydra, {
  start: (ready) => startHydra(ready, GRACE_SECONDS),
  behaviours: { 'crash recovery': describeCrashRecovery },
});
