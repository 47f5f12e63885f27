import { networkOf, routingPrefixesOf } from '@latchkey/core/server';
import type { ThrottleSecret } from './throttle_secret.ts';

/** Number of turns that one level of address prefixes distinguishes. */
const PLACES = 16;

/** The attempt for which several clients wait. */
export interface WaitedFor {
  /** Key of the count that makes the attempts wait. */
  readonly key: string;
  /**
   * Time of the last failure of this count, in milliseconds since the epoch. It changes after each
   * attempt, so that turns are computed again.
   */
  readonly lastFailureAt: number;
}

/**
 * Turn of an address among all addresses that wait for one attempt at a user: 0 is the first, 1 the
 * last. The turn is computed with the secret, so it is equal in all processes and cannot be
 * predicted, and more frequent requests gain nothing. It is computed per prefix from the widest
 * down (/8, /16, ...; IPv6: /16, /32, ...), so that many addresses of one network provider have
 * only one chance.
 */
export function turnAmongAddresses(
  secret: Pick<ThrottleSecret, 'mac'>,
  waitedFor: WaitedFor,
  address: string,
): number {
  let turn = 0;
  let share = 1;
  for (const prefix of routingPrefixesOf(address)) {
    share /= PLACES;
    turn += Math.floor(draw(secret, waitedFor, prefix) * PLACES) * share;
  }
  return turn + draw(secret, waitedFor, networkOf(address)) * share;
}

/** Like {@link turnAmongAddresses}, but among the addresses of one network. */
export function turnWithinNetwork(
  secret: Pick<ThrottleSecret, 'mac'>,
  waitedFor: WaitedFor,
  address: string,
): number {
  return draw(secret, waitedFor, networkOf(address));
}

function draw(
  secret: Pick<ThrottleSecret, 'mac'>,
  { key, lastFailureAt }: WaitedFor,
  prefix: string,
): number {
  return secret.mac('turn', key, String(lastFailureAt), prefix).readUInt32BE(0) / 2 ** 32;
}
