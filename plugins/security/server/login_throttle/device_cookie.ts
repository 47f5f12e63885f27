import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, CookieToSet, Randomness } from '@latchkey/core/server';
import type { User } from '../users/index.ts';

/** Name of the cookie that lists which users have signed in with this browser. */
export const DEVICE_COOKIE = 'latchkey_device';

const LIFETIME_MS = 180 * 24 * 60 * 60_000;
const ID_BYTES = 16;
/** Maximum number of users in the cookie of a browser. The earliest is dropped first. */
const MAX_USERS = 5;
const SEPARATOR = '~';
/** Matches a proof: id, time of issue in seconds (base 36), MAC. */
const TOKEN = /^([A-Za-z0-9_-]{22})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/;

type DeviceUser = Pick<User, 'username' | 'passwordHash'>;

/**
 * Proofs that a user has signed in with a browser before. A proof gives no access: it only exempts
 * the browser from limits that attackers can use up. The server stores nothing. The key of a proof
 * is derived from the stored password hash, so a changed password or a deleted user makes the proof
 * invalid.
 */
export class DeviceCookies {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #randomness: Pick<Randomness, 'bytes'>;

  constructor(options: {
    readonly clock: Pick<Clock, 'now'>;
    readonly randomness: Pick<Randomness, 'bytes'>;
  }) {
    this.#clock = options.clock;
    this.#randomness = options.randomness;
  }

  /** The id of the browser. `undefined`: the cookie has no valid proof for this user. */
  deviceIdOf(cookie: string | undefined, user: DeviceUser): string | undefined {
    for (const token of tokensOf(cookie)) {
      const [, id = '', issuedAt = '', mac = ''] = TOKEN.exec(token) ?? [];
      const age = this.#clock.now() - Number.parseInt(issuedAt, 36) * 1000;
      if (age < LIFETIME_MS && sameText(mac, macOf(user, id, issuedAt))) return id;
    }
    return undefined;
  }

  /**
   * Cookie to set after a login. It keeps the proofs of other users of the browser, and the id of
   * this user's proof.
   */
  cookieFor(user: DeviceUser, present: string | undefined): CookieToSet {
    const knownId = this.deviceIdOf(present, user);
    const id = knownId ?? this.#randomness.bytes(ID_BYTES).toString('base64url');
    const issuedAt = Math.floor(this.#clock.now() / 1000).toString(36);
    const own = `${id}.${issuedAt}.${macOf(user, id, issuedAt)}`;
    const others = tokensOf(present).filter((token) => !token.startsWith(`${id}.`));
    return {
      name: DEVICE_COOKIE,
      value: [own, ...others].slice(0, MAX_USERS).join(SEPARATOR),
      maxAgeSeconds: LIFETIME_MS / 1000,
      sameSite: 'lax',
    };
  }
}

/** The well-formed proofs in a cookie, at most as many as this server sets. */
function tokensOf(cookie: string | undefined): readonly string[] {
  const tokens = cookie?.split(SEPARATOR, MAX_USERS) ?? [];
  return tokens.filter((token) => TOKEN.test(token));
}

function macOf({ username, passwordHash }: DeviceUser, id: string, issuedAt: string): string {
  const key = createHmac('sha256', passwordHash).update('latchkey device cookie').digest();
  return createHmac('sha256', key).update(`${id}.${issuedAt}.${username}`).digest('base64url');
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
