import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { respond } from './respond.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

let harness: RouterHarness;
afterEach(() => harness.close());

describe('a route', () => {
  it('answers what its handler returns, with validated input', async () => {
    harness = createRouterHarness();
    harness.http.createRouter().add(
      {
        method: 'post',
        path: '/api/thing/{id}',
        access: 'public',
        summary: 'Try it',
        validate: {
          params: z.strictObject({ id: z.string() }),
          query: z.strictObject({ n: z.coerce.number() }),
          body: z.strictObject({ name: z.string() }),
        },
      },
      ({ params, query, body, user, spaceId }) =>
        respond.ok({ id: params.id, n: query.n, name: body.name, user: user?.username, spaceId }),
    );
    const answer = await harness.inject({
      method: 'POST',
      url: '/api/thing/7?n=3',
      body: { name: 'x' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { id: '7', n: 3, name: 'x', user: 'ana', spaceId: 'default' },
    });
  });
});
