import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { stopEverything } from '../e2e/support/start_server.ts';
import { authorizing } from './behaviours/authorizing.ts';
import { consenting } from './behaviours/consenting.ts';
import { dying } from './behaviours/dying.ts';
import { failing } from './behaviours/failing.ts';
import { job } from './behaviours/grant_revocation.ts';
import { refreshing } from './behaviours/refreshing.ts';
import { sharing } from './behaviours/sharing.ts';
import { stating } from './behaviours/stating.ts';
import { InteropEnvironment } from './environment.ts';
import type { AuthorizationServer } from './servers/authorization_server.ts';
import { startHydra } from './servers/hydra/start_hydra.ts';
import { startKeycloak } from './servers/keycloak/start_keycloak.ts';
import { type Prepared, preparedServers } from './servers/prepared_servers.ts';

const { keycloak, hydra } = preparedServers();

type Behaviours = Readonly<Record<string, (environmentOf: () => InteropEnvironment) => void>>;

/** Longer than a process needs to notice that another one died; Hydra allows five minutes at most. */
const GRACE_SECONDS = 300;

/** Everything against one server of another maker, or a line that says why not. */
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
    afterEach(() => provider?.proxy.forget());
    afterAll(async () => {
      await environment?.close();
      await stopEverything();
      await provider?.stop();
    });
    const environmentOf = (): InteropEnvironment => {
      if (environment === undefined) throw new Error('The house did not open');
      return environment;
    };
    for (const [title, define] of Object.entries(how.behaviours))
      describe(title, () => define(environmentOf));
  });
}

function itIsMissing(title: string): void {
  if (process.env['CI'] !== 'true') {
    it.skip(title, () => {});
    return;
  }
  it(title, () => {
    throw new Error(title);
  });
}

const all: Behaviours = { stating, authorizing, refreshing, dying, job, failing, sharing };

against('Keycloak', keycloak, { start: startKeycloak, behaviours: { ...all, consenting } });
against('Ory Hydra', hydra, { start: startHydra, behaviours: all });
against('Ory Hydra with a grace period', hydra, {
  start: (ready) => startHydra(ready, GRACE_SECONDS),
  behaviours: { dying },
});
