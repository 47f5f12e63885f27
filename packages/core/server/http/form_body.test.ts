import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { FORM_TYPE } from './form_body.ts';
import { respond } from './respond.ts';
import { createRouterHarness, type RouterHarness } from './router_harness.mock.ts';

let harness: RouterHarness;
beforeEach(() => {
  harness = createRouterHarness();
  harness.http.createRouter().handle(
    {
      method: 'post',
      path: '/api/form',
      access: 'public',
      summary: 'Take a form',
      xsrfRequired: false,
      body: z.strictObject({ name: z.string().max(10), note: z.string().optional() }),
      bodyFormat: 'form',
      maxBodyBytes: 1000,
    },
    ({ body }) => respond.ok(body),
  );
});
afterEach(() => harness.close());

const post = (body: string, headers: Record<string, string> = {}) =>
  harness.inject({
    method: 'POST',
    url: '/api/form',
    headers: { 'content-type': FORM_TYPE, ...headers },
    body,
    defaultHeaders: false,
  });

it('the fields of a form are decoded once', async () => {
  const response = await post('name=a%2Bb+c%2525&note=%E2%82%AC');
  expect(response).toMatchObject({ status: 200, body: { name: 'a+b c%25', note: '€' } });
});

it.each([
  ['a field given twice', 'name=a&name=b', '[request body.name]: expected string'],
  ['a field with brackets', 'name[]=a', '[request body.name[]]: unknown key'],
  ['an unknown field', 'name=a&x=1', '[request body.x]: unknown key'],
  ['a field named __proto__', 'name=a&__proto__=x', '[request body.__proto__]: unknown key'],
  ['a value over its limit', `name=${'a'.repeat(20)}`, '[request body.name]: too big'],
  ['a NUL character', 'name=a%00', 'NUL'],
  ['a text without any field', '%%%', '[request body.name]: expected string'],
])('A24: a form with %s is refused', async (_, body, message) => {
  const response = await post(body);
  expect(response.status).toBe(400);
  expect(response.text).toContain(message);
});

it.each([
  ['is JSON', '{"name":"a"}', { 'content-type': 'application/json' }, 415],
  ['is plain text', 'name=a', { 'content-type': 'text/plain' }, 415],
  ['is multipart', 'name=a', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ['is compressed', 'name=a', { 'content-encoding': 'gzip' }, 415],
  ['is too large', `name=${'a'.repeat(2000)}`, {}, 413],
])('the body of a form route is refused when it %s', async (_, body, headers, status) => {
  expect((await post(body, headers)).status).toBe(status);
});
