import { ManualClock, seededRandomness } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { DeviceCookies } from './device_cookie.ts';

const DAY = 24 * 60 * 60_000;
const aUser = (username = 'ana', passwordHash = `$scrypt$hash-of-${username}`) => ({
  username,
  passwordHash,
});
function aBrowser() {
  const clock = new ManualClock();
  const devices = new DeviceCookies({ clock, randomness: seededRandomness() });
  return { clock, devices };
}

describe('the device cookie', () => {
  it('identifies a browser with an earlier login, always by the same id', () => {
    const { devices } = aBrowser();
    const first = devices.cookieFor(aUser(), undefined).value;
    const id = devices.deviceIdOf(first, aUser());
    expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(devices.deviceIdOf(devices.cookieFor(aUser(), first).value, aUser())).toBe(id);
  });

  it('proves nothing for another user, for another password, or when it was changed', () => {
    const { devices } = aBrowser();
    const { value } = devices.cookieFor(aUser(), undefined);
    expect(devices.deviceIdOf(value, aUser('ben'))).toBeUndefined();
    expect(devices.deviceIdOf(value, aUser('ana', 'another-hash'))).toBeUndefined();
    for (let n = 0; n < value.length; n += 1) {
      const changed = `${value.slice(0, n)}${value[n] === 'A' ? 'B' : 'A'}${value.slice(n + 1)}`;
      expect(devices.deviceIdOf(changed, aUser())).toBeUndefined();
    }
  });

  it('is not accepted once it has expired', async () => {
    const { clock, devices } = aBrowser();
    const { value } = devices.cookieFor(aUser(), undefined);
    await clock.advance(179 * DAY);
    expect(devices.deviceIdOf(value, aUser())).toBeDefined();
    await clock.advance(DAY);
    expect(devices.deviceIdOf(value, aUser())).toBeUndefined();
  });

  it('contains the five latest users of a browser', () => {
    const { devices } = aBrowser();
    const users = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => aUser(name));
    const cookie = users.reduce<string | undefined>(
      (present, user) => devices.cookieFor(user, present).value,
      undefined,
    );
    const known = users.filter((user) => devices.deviceIdOf(cookie, user) !== undefined);
    expect(known.map(({ username }) => username)).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  it.each(['', '~', 'x', '~'.repeat(5000), `${'A'.repeat(22)}.0.${'A'.repeat(43)}`])(
    'is ignored when it is %j',
    (cookie) => {
      expect(aBrowser().devices.deviceIdOf(cookie, aUser())).toBeUndefined();
    },
  );
});
