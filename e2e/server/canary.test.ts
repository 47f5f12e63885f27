import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runScenario } from '../canary_scenario/run_scenario.ts';
import type { Story } from '../canary_scenario/scenario.ts';
import type { HttpResponse } from '../support/http_client.ts';
import { stopEverything } from '../support/start_server.ts';
import { onEachStore } from '../support/stores.ts';
import { routesNotVisited } from '../support/visited_routes.ts';

/** Routes from which the story gets refusals only, and why. */
const ONLY_REFUSED: Readonly<Record<string, string>> = {
  'post /api/actions/grants/_revoke/{id}/_cancel':
    'a run over two people is over before anybody can cancel it',
};

/** All that a task may be told. */
const TASK_PARAMS = ['connectorId', 'revocationJobId', 'profileUid', 'spaceId'];

const isId = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{1,64}$/.test(value);

/** Secrets that an answer is there to hand over, by where in it they may be. */
function handedOver({ request: { method, url }, status }: HttpResponse): {
  body: string[];
  headers: string[];
} {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/_start_oauth_flow')) return { body: ['state'], headers: ['cookie'] };
  if (pathname.endsWith('/oauth/start')) return { body: ['state'], headers: ['cookie'] };
  if (pathname.endsWith('/security/api_key') && method === 'POST')
    return { body: ['api key'], headers: [] };
  // Pages with a form, and the steps to the page that asks which account to use.
  if (/\/oauth\/account_change$|\/_oauth_callback\//.test(pathname) && status < 400)
    return { body: [], headers: ['cookie'] };
  const setsSession = pathname.endsWith('/security/login') || pathname.endsWith('/password');
  return { body: [], headers: setsSession && status < 300 ? ['cookie'] : [] };
}

onEachStore((store) => {
  let story: Story;
  beforeAll(async () => {
    story = await runScenario(store);
  });
  afterAll(stopEverything);

  describe('the secrets of a whole story, at log level trace', () => {
    it('E63: were really there, so that looking for them means something', () => {
      const counts = story.canaries.counts();
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
      const starts = story
        .everyResponse()
        .filter(({ request }) => request.url.endsWith('/_start_oauth_flow'));
      expect(starts.every(({ text }) => story.canaries.foundIn(text).includes('state'))).toBe(true);
    });

    it('E63: are in no line of the log, which was talkative', () => {
      const output = story.environment.servers[0].output();
      for (const recorder of [
        '"log.level":"debug"',
        '"event.action":"connector_execute"',
        'oauth',
        'ana',
      ]) {
        expect(output).toContain(recorder);
      }
      expect(story.canaries.foundIn(output)).toEqual([]);
    });

    it('E65: are in no answer but the one that hands them over', () => {
      const responses = story.everyResponse();
      expect(responses.length).toBeGreaterThan(100);
      const leaks = responses.flatMap((response) => {
        const { body, headers } = handedOver(response);
        const found = [
          ...story.canaries.foundIn(response.text, body),
          ...story.canaries.foundIn(JSON.stringify(response.headers), headers),
        ];
        const { method, url } = response.request;
        return found.length === 0 ? [] : [{ method, path: new URL(url).pathname, found }];
      });
      expect(leaks).toEqual([]);
    });

    it('E67: are taken out of what a service echoes', () => {
      const echoes = story
        .everyResponse()
        .filter(({ text }) => text.includes('"x-api-key"') || text.includes('"authorization"'));
      expect(echoes.length).toBeGreaterThan(3);
      for (const { text } of echoes) expect(text).toContain('[redacted]');
    });

    it('D53: were never in the store, neither at the end nor in the middle', () => {
      const { canaries, stored } = story;
      expect(stored.length).toBeGreaterThanOrEqual(4);
      for (const everything of stored) {
        // Who somebody is at the provider is no secret, and shows that this is the store.
        expect(everything).toContain('ana@example.com');
        expect(canaries.foundIn(everything)).toEqual([]);
      }
    });

    it('E63: are in no metric and no status', () => {
      const responses = story
        .everyResponse()
        .filter(({ request }) => /\/(metrics|api\/status)$/.test(request.url));
      expect(responses.length).toBeGreaterThanOrEqual(2);
      const text = responses.map((response) => response.text).join('\n');
      expect(text).toContain('latchkey_grant_events_total');
      expect(story.canaries.foundIn(text)).toEqual([]);
    });

    it('F80: are nothing that an administrator gets to see, who sees who is connected and how it stands', () => {
      const { canaries, environment } = story;
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

    it('E65: were looked for in the answers of every route of the API', () => {
      const responses = story.everyResponse();
      const api = responses.find(({ request }) => request.url.endsWith('/api/openapi.json'));
      const missed = routesNotVisited(JSON.parse(api?.text ?? ''), responses);
      expect(missed).toEqual(Object.keys(ONLY_REFUSED));
    });

    it('E69: are in no task, whose parameters are ids and nothing else', () => {
      const tasks = [...story.tasks.values()];
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
          secrets: story.canaries.foundIn(JSON.stringify(attributes)),
        }).toEqual({ key, others: [], secrets: [] });
      }
    });
  });
});
