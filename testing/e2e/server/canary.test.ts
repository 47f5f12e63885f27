import type { HttpResponse } from '@latchkey/test-environment';
import { stopEverything } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWebApp } from '../browser/harness/build_web_app.ts';
import { runScenario } from '../canary_scenario/run_scenario.ts';
import type { Scenario } from '../canary_scenario/scenario.ts';
import { routesNotVisited } from '../support/visited_routes.ts';

/** Routes that refuse every call of the scenario, each with the reason. */
const ONLY_REFUSED: Readonly<Record<string, string>> = {
  'post /api/actions/grants/_revoke/{id}/_cancel':
    'a job over two users finishes before it can be cancelled',
  'put /api/actions/connector/{connectorId}/_sites':
    'no connector type of the scenario has a provider with sites',
};

/** The parameters that tasks may have. */
const TASK_PARAMS = ['connectorId', 'revocationJobId', 'profileUid', 'spaceId'];

const isId = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{1,64}$/.test(value);

/** Returns the secrets that a response is meant to deliver, by their place in it. */
function deliveredSecrets({ request: { method, url }, status }: HttpResponse): {
  body: string[];
  headers: string[];
} {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/_start_oauth_flow')) return { body: ['state'], headers: ['cookie'] };
  if (pathname.endsWith('/oauth/start')) return { body: ['state'], headers: ['cookie'] };
  if (pathname.endsWith('/security/api_key') && method === 'POST')
    return { body: ['api key'], headers: [] };
  // These are pages with a form, and the redirects to the page that asks which account to use.
  if (/\/oauth\/account_change$|\/_oauth_callback\//.test(pathname) && status < 400)
    return { body: [], headers: ['cookie'] };
  const setsSession = pathname.endsWith('/security/login') || pathname.endsWith('/password');
  return { body: [], headers: setsSession && status < 300 ? ['cookie'] : [] };
}

onEachStore((store) => {
  let scenario: Scenario;
  beforeAll(async () => {
    await buildWebApp();
    scenario = await runScenario(store);
  });
  afterAll(stopEverything);

  describe('secrets of the canary scenario, at log level trace', () => {
    it('E63: were used, so that the search for them is meaningful', () => {
      const counts = scenario.canaries.counts();
      expect(counts).toMatchObject({
        'encryption key': 1,
        'api key': 2,
        'basic credentials': expect.any(Number),
      });
      for (const [kind, atLeast] of [
        ['access token', 10],
        ['refresh token', 8],
        ['code', 8],
        ['verifier', 8],
        ['state', 10],
        ['client secret', 2],
        ['cookie', 4],
        ['token to revoke', 2],
        ['password', 2],
      ] as const) {
        expect({ kind, enough: (counts[kind] ?? 0) >= atLeast }).toEqual({ kind, enough: true });
      }
      const starts = scenario
        .everyResponse()
        .filter(({ request }) => request.url.endsWith('/_start_oauth_flow'));
      expect(starts.every(({ text }) => scenario.canaries.foundIn(text).includes('state'))).toBe(
        true,
      );
    });

    it('E63: are in no log line', () => {
      const output = scenario.environment.servers[0].output();
      for (const recorder of [
        '"log.level":"debug"',
        '"event.action":"connector_execute"',
        'oauth',
        'ana',
      ]) {
        expect(output).toContain(recorder);
      }
      expect(scenario.canaries.foundIn(output)).toEqual([]);
    });

    it('E65: are only in the responses that are meant to deliver them', () => {
      const responses = scenario.everyResponse();
      expect(responses.length).toBeGreaterThan(100);
      const leaks = responses.flatMap((response) => {
        const { body, headers } = deliveredSecrets(response);
        const found = [
          ...scenario.canaries.foundIn(response.text, body),
          ...scenario.canaries.foundIn(JSON.stringify(response.headers), headers),
        ];
        const { method, url } = response.request;
        return found.length === 0 ? [] : [{ method, path: new URL(url).pathname, found }];
      });
      expect(leaks).toEqual([]);
    });

    it('E67: are removed from what a service echoes', () => {
      const echoes = scenario
        .everyResponse()
        .filter(({ request }) => !request.url.endsWith('/api/openapi.json'))
        .filter(({ text }) => text.includes('"x-api-key"') || text.includes('"authorization"'));
      expect(echoes.length).toBeGreaterThan(3);
      for (const { text } of echoes) expect(text).toContain('[redacted]');
    });

    it('D53: are never in plaintext in the store, neither during the scenario nor at its end', () => {
      const { canaries, stored } = scenario;
      expect(stored.length).toBeGreaterThanOrEqual(4);
      for (const everything of stored) {
        // The account name at the provider is not a secret. That it is found shows that the store
        // was read.
        expect(everything).toContain('ana@example.com');
        expect(canaries.foundIn(everything)).toEqual([]);
      }
    });

    it('E63: are in no metric and no status', () => {
      const responses = scenario
        .everyResponse()
        .filter(({ request }) => /\/(metrics|api\/status)$/.test(request.url));
      expect(responses.length).toBeGreaterThanOrEqual(2);
      const text = responses.map((response) => response.text).join('\n');
      expect(text).toContain('latchkey_grant_events_total');
      expect(scenario.canaries.foundIn(text)).toEqual([]);
    });

    it('F80: are not shown to an administrator, who sees connected users and their status', () => {
      const { canaries, environment } = scenario;
      const { admin } = environment;
      const listings = admin.responses.filter(({ request }) => request.url.endsWith('/grants'));
      expect(
        listings.some(({ text }) =>
          ['"ana"', '"ben"', '"connected"'].every((w) => text.includes(w)),
        ),
      ).toBe(true);
      for (const { request, text, headers } of admin.responses) {
        const { pathname } = new URL(request.url);
        const found = canaries
          .foundIn(text + JSON.stringify(headers))
          .filter((kind) => kind.includes('token'));
        expect({ pathname, found }).toEqual({ pathname, found: [] });
      }
    });

    it('E65: were searched for in a successful response of every API route', () => {
      const responses = scenario.everyResponse();
      const api = responses.find(({ request }) => request.url.endsWith('/api/openapi.json'));
      const missed = routesNotVisited(JSON.parse(api?.text ?? ''), responses);
      expect(missed).toEqual(Object.keys(ONLY_REFUSED));
    });

    it('E69: are in no task; task parameters are ids only', () => {
      const tasks = [...scenario.tasks.values()];
      expect(tasks.map(({ attributes }) => attributes['taskType'])).toEqual(
        expect.arrayContaining([
          'actions:oauth_revocation_job',
          'actions:revoke_grants_of_user',
          'actions:check_access_of_user',
          'actions:oauth_keep_alive',
          'actions:revocation_outbox',
        ]),
      );
      for (const { key, attributes } of tasks) {
        const params = Object.entries(attributes['params'] as object);
        expect({
          key,
          others: params.filter(([name, value]) => !TASK_PARAMS.includes(name) || !isId(value)),
          secrets: scenario.canaries.foundIn(JSON.stringify(attributes)),
        }).toEqual({ key, others: [], secrets: [] });
      }
    });
  });
});
