import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { EgressError } from '../egress_error.ts';
import type { EgressSettings } from '../types.ts';
import { classifyAddress } from './address_guard.ts';
import { type HostRules, withoutLastDots } from './host_rules.ts';
import { addressRefusal } from './url_guard.ts';

/** One resolved address. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Creates a lookup function for `net.connect` that resolves a name and returns only the allowed
 * addresses. The socket connects to a checked address, so a second DNS response cannot redirect it
 * (DNS rebinding). Fails with EgressError `dns_failed` or `address_not_allowed`.
 */
export function createPinnedLookup(
  hosts: HostRules,
  resolve: EgressSettings['lookup'] = resolveBySystem,
): LookupFunction {
  return (hostname, options, callback) => {
    allowedAddresses(hostname, hosts, resolve).then(
      (addresses) => {
        const wanted = addresses.filter(({ family }) => isWanted(family, options.family));
        const first = wanted[0];
        // The callback runs outside the promise, so that an error that it throws is an exception
        // and not an unhandled rejection.
        process.nextTick(() => {
          if (first === undefined) callback(dnsFailure(hostname), '');
          else if (options.all === true) callback(null, [...wanted]);
          else callback(null, first.address, first.family);
        });
      },
      (error: Error) => process.nextTick(callback, error, ''),
    );
  };
}

async function allowedAddresses(
  hostname: string,
  hosts: HostRules,
  resolve: NonNullable<EgressSettings['lookup']>,
): Promise<readonly Address[]> {
  let all: readonly Address[];
  try {
    all = await resolve(hostname);
  } catch (error) {
    throw dnsFailure(hostname, error);
  }
  if (all.length === 0) throw dnsFailure(hostname);
  const mayBePrivate = hosts.isLiteral(withoutLastDots(hostname));
  const classes = all.map(({ address }) => classifyAddress(address));
  const kept = all.filter(
    (_, index) => classes[index] === 'public' || (classes[index] === 'private' && mayBePrivate),
  );
  if (kept.length === 0) throw addressRefusal(hostname, classes.includes('private'));
  return kept;
}

function isWanted(family: 4 | 6, wanted: number | string | undefined): boolean {
  if (wanted === undefined || wanted === 0) return true;
  return wanted === family || wanted === `IPv${family}`;
}

function dnsFailure(hostname: string, cause?: unknown): EgressError {
  return new EgressError('dns_failed', `host [${hostname}] has no address`, hostname, { cause });
}

async function resolveBySystem(hostname: string): Promise<readonly Address[]> {
  const found = await systemLookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
