import { expect, it } from 'vitest';
import { waitUntil } from './wait_until.mock.ts';

it('a wait in a test ends with the first result, and pauses between the checks', async () => {
  let pauses = 0;
  const pause = async () => {
    pauses += 1;
  };
  expect(await waitUntil('two pauses', () => pauses === 2 && 'seen', { pause })).toBe('seen');
});

it('a wait in a test accepts 0 and an empty string as results', async () => {
  expect(await waitUntil('a number', () => 0)).toBe(0);
  expect(await waitUntil('a text', async () => '')).toBe('');
});

it('a wait in a test fails and names the missing result when its time limit has passed', async () => {
  const wait = waitUntil('a change that never happens', () => false, { timeoutMs: 0 });
  await expect(wait).rejects.toThrow('Timed out waiting for: a change that never happens');
});
