import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@latchkey/core/server/mocks';
import { LoginThrottle } from './login_throttle.ts';

const WINDOW_MS = 60_000;

function aThrottle(maxFailures = 3) {
  const clock = new ManualClock();
  const throttle = new LoginThrottle({ clock, maxFailures, windowMs: WINDOW_MS });
  const fail = (username: string, address: string, times = maxFailures) => {
    for (let n = 0; n < times; n += 1) throttle.begin(username, address).failed();
  };
  return { clock, throttle, fail };
}
const throttled = expect.objectContaining({ code: 'login_throttled' });

describe('LoginThrottle', () => {
  it('refuses one name from one address after too many failures, and says for how long', async () => {
    const { clock, throttle, fail } = aThrottle();
    fail('ana', '192.0.2.1');
    await clock.advance(20_000);
    expect(() => throttle.check('ana', '192.0.2.1')).toThrow(
      expect.objectContaining({ details: { retryAfterSeconds: 40 } }),
    );
    expect(() => throttle.begin('ana', '192.0.2.1')).toThrow(throttled);
  });

  it('leaves other names at that address and that name at other addresses alone', () => {
    const { throttle, fail } = aThrottle();
    fail('ana', '192.0.2.1');
    expect(() => throttle.check('ben', '192.0.2.1')).not.toThrow();
    expect(() => throttle.check('ana', '192.0.2.2')).not.toThrow();
  });

  it('opens again when the window since the last failure is over', async () => {
    const { clock, throttle, fail } = aThrottle();
    fail('ana', '192.0.2.1');
    await clock.advance(WINDOW_MS);
    expect(() => throttle.check('ana', '192.0.2.1')).not.toThrow();
    fail('ana', '192.0.2.1', 2);
    expect(() => throttle.check('ana', '192.0.2.1')).not.toThrow();
  });

  it('forgets failures after a success', () => {
    const { throttle, fail } = aThrottle();
    fail('ana', '192.0.2.1', 2);
    throttle.begin('ana', '192.0.2.1').succeeded();
    fail('ana', '192.0.2.1', 2);
    expect(() => throttle.check('ana', '192.0.2.1')).not.toThrow();
  });

  it('counts checks under way, so that parallel guesses gain nothing', () => {
    const { throttle } = aThrottle();
    const underWay = [1, 2, 3].map(() => throttle.begin('ana', '192.0.2.1'));
    expect(() => throttle.begin('ana', '192.0.2.1')).toThrow(throttled);
    underWay[0]?.abandoned();
    expect(() => throttle.begin('ana', '192.0.2.1')).not.toThrow();
  });

  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8::1', '2001:db8:0:0:1::2', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ])('treats %s and %s as one network: %s', (first, second, isSame) => {
    const { throttle, fail } = aThrottle();
    fail('ana', first);
    const check = () => throttle.check('ana', second);
    if (isSame) expect(check).toThrow(throttled);
    else expect(check).not.toThrow();
  });

  it('stays bounded while one address tries ever new names', () => {
    const { throttle, fail } = aThrottle(1);
    fail('first', '192.0.2.1');
    for (let n = 0; n < 10_000; n += 1) throttle.begin(`name-${n}`, '192.0.2.1').failed();
    expect(() => throttle.check('first', '192.0.2.1')).not.toThrow();
  });
});
