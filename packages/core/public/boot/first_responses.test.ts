import { describe, expect, it } from 'vitest';
import type { FetchResponse } from '../http_client.ts';
import { withFirstResponses } from './first_responses.ts';

const URL = '/kb/s/team/internal/overview';
const INIT = { method: 'POST', headers: { 'accept-language': 'de' } };

function aResponse(text: string): FetchResponse {
  const headers = new Headers({ date: 'Sun, 29 Nov 2026 07:00:00 GMT', 'x-latchkey-build': '1' });
  return { status: 200, headers, text: async () => text };
}

function fixture({ first = Promise.resolve(aResponse('sent first')) } = {}) {
  let nowMs = 100;
  const fetch = withFirstResponses({
    fetch: async () => aResponse('sent now'),
    responses: new Map([[URL, first]]),
    language: 'de',
    now: () => nowMs,
  });
  const read = async (url = URL, init: Parameters<typeof fetch>[1] = INIT) =>
    (await fetch(url, init)).text();
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { fetch, read, wait };
}

describe('responses to requests that the page sent first', () => {
  it('are used once, by the request to the same URL', async () => {
    const { read } = fixture();
    expect(await read('/kb/internal/overview')).toBe('sent now');
    expect(await read()).toBe('sent first');
    expect(await read()).toBe('sent now');
  });

  it.each([
    ['another method', { ...INIT, method: 'GET' }],
    ['another language', { ...INIT, headers: { 'accept-language': 'en' } }],
    ['a body', { ...INIT, body: '{}' }],
  ])('are not used by a request with %s', async (_, init) => {
    expect(await fixture().read(URL, init)).toBe('sent now');
  });

  it('are not used when the page has been open for several seconds', async () => {
    const { read, wait } = fixture();
    wait(5_001);
    expect(await read()).toBe('sent now');
  });

  it('are requested again when they failed', async () => {
    const first = Promise.reject<FetchResponse>(new TypeError('network'));
    expect(await fixture({ first }).read()).toBe('sent now');
  });

  it('lose their Date header, because the server clock must not be set by old responses', async () => {
    const { headers } = await fixture().fetch(URL, INIT);
    expect(headers.get('Date')).toBeNull();
    expect(headers.get('x-latchkey-build')).toBe('1');
  });
});
