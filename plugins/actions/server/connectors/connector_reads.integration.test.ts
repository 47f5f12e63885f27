import type { DocumentStore } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';

/** Names of the store methods that were called, in the order of the calls. */
let calls: string[] = [];

function recording(store: DocumentStore): DocumentStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        calls.push(String(name));
        return member.apply(target, args);
      };
    },
  });
}

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture({ wrapStore: recording });
});
afterEach(() => fixture.close());

async function callsOf(url: string): Promise<readonly string[]> {
  calls = [];
  expect((await fixture.inject({ method: 'GET', url })).status).toBe(200);
  return calls;
}

describe('the number of store calls of a read', () => {
  it('does not depend on the number of connectors and grants in the list', async () => {
    for (const id of ['c1', 'c2', 'c3']) {
      const body = { name: id, connector_type_id: '.probe', secrets: oauthApp() };
      await fixture.inject({ method: 'POST', url: `/api/actions/connector/${id}`, body });
      await fixture.connect(id, ana);
      // `iterate` reads all connectors, `getMany` their OAuth problems.
      expect(await callsOf('/api/actions/connectors')).toEqual(['iterate', 'getMany']);
    }
  });
});
