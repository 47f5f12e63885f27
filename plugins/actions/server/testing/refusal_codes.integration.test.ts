import { fillPath, type Route } from '@latchkey/core/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as common from '../../common/index.ts';
import { aTestUser, createFlowFixture, type FlowFixture } from '../oauth/flow/flow_fixture.mock.ts';

/** All routes of the plugin that return JSON, and no pages. */
const ROUTES = (Object.values(common) as unknown[])
  .filter(isRoute)
  .filter(({ path, isPage, bodyFormat }) => {
    const isForBrowsers = isPage === true || bodyFormat === 'form';
    return !isForBrowsers && !path.includes('_oauth_callback');
  });

function isRoute(value: unknown): value is Route {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value;
}

let fixture: FlowFixture;
beforeAll(async () => {
  fixture = await createFlowFixture({ missing: (principal) => principal.spaceId === 'b' });
});
afterAll(() => fixture.close());

const PARAMS = {
  id: 'unknown',
  connectorId: 'unknown',
  flowId: 'unknown',
  profile_uid: 'unknown',
};
const pathOf = ({ path }: Route) => fillPath(path, PARAMS);

/** Sends a request that must be refused, and returns the refusal. */
async function refusalOf(
  route: Route,
  over: {
    readonly space?: string;
    readonly body?: object;
    readonly query?: string;
    readonly isBare?: boolean;
    readonly isAnonymous?: boolean;
  },
) {
  const method = route.method.toUpperCase() as 'GET' | 'POST' | 'PUT' | 'DELETE';
  const request = {
    method,
    url: `${over.space ?? ''}${pathOf(route)}${over.query ?? ''}`,
    ...(over.isBare === true ? { defaultHeaders: false as const } : {}),
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: over.body ?? {} }),
  };
  return fixture.as<{ attributes?: { code?: string } }>(
    aTestUser(over.isAnonymous === true ? null : undefined),
    request,
  );
}

/** Properties of requests that most routes refuse. */
const CASES: readonly Parameters<typeof refusalOf>[1][] = [
  { isAnonymous: true },
  { space: '/s/b' },
  { space: '/s/unknown' },
  { query: '?unknown=1', body: { unknown: 1 } },
  { isBare: true },
  {},
];

describe('refusals of the routes of the plugin', () => {
  it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'have a code of docs/errors.md: %s',
    async (_, route) => {
      const responses = await Promise.all(CASES.map((over) => refusalOf(route, over)));
      const refused = responses.filter(({ status }) => status >= 400 && status < 500);
      // Every route requires a session and an existing space.
      expect(refused.length).toBeGreaterThanOrEqual(2);
      for (const { body } of refused)
        expect(Object.keys(common.WHO_ACTS)).toContain(body.attributes?.code);
    },
  );

  it('are tested for more than twenty routes in total', () => {
    expect(ROUTES.length).toBeGreaterThan(20);
  });
});
