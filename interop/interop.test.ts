import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { stopEverything } from '../e2e/rig/start_server.ts';
import { authorizing } from './behaviours/authorizing.ts';
import { dying } from './behaviours/dying.ts';
import { ending } from './behaviours/ending.ts';
import { failing } from './behaviours/failing.ts';
import { refreshing } from './behaviours/refreshing.ts';
import { sharing } from './behaviours/sharing.ts';
import { House } from './house.ts';
import type { AuthorizationServer } from './servers/authorization_server.ts';
import { startHydra } from './servers/hydra/start_hydra.ts';
import { startKeycloak } from './servers/keycloak/start_keycloak.ts';
import { type Prepared, preparedServers } from './servers/prepared_servers.ts';

const { keycloak, hydra } = preparedServers();

/** Everything against one server of another maker, or a line that says why not. */
function against<T>(
  name: string,
  prepared: Prepared<T> | undefined,
  start: (ready: T) => Promise<AuthorizationServer>,
): void {
  if (prepared === undefined) return;
  describe(name, () => {
    if ('missing' in prepared) {
      itIsMissing(`NOT TESTED against ${name}: ${prepared.missing}`);
      return;
    }
    let provider: AuthorizationServer | undefined;
    let house: House | undefined;
    beforeAll(async () => {
      provider = await start(prepared.ready);
      house = await House.open(provider);
    });
    afterEach(() => provider?.proxy.forget());
    afterAll(async () => {
      await house?.close();
      await stopEverything();
      await provider?.stop();
    });
    const houseOf = (): House => {
      if (house === undefined) throw new Error('The house did not open');
      return house;
    };
    describe('authorizing', () => authorizing(houseOf));
    describe('refreshing', () => refreshing(houseOf));
    describe('dying', () => dying(houseOf));
    describe('ending', () => ending(houseOf));
    describe('failing', () => failing(houseOf));
    describe('sharing', () => sharing(houseOf));
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

against('Keycloak', keycloak, startKeycloak);
against('Ory Hydra', hydra, startHydra);
