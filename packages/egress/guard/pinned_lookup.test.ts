import { describe, expect, it } from 'vitest';
import { compileHostRules } from './host_rules.ts';
import { type Address, createPinnedLookup } from './pinned_lookup.ts';

const PUBLIC: Address = { address: '93.184.216.34', family: 4 };
const PUBLIC_V6: Address = { address: '2606:4700::1', family: 6 };
const PRIVATE: Address = { address: '10.0.0.7', family: 4 };
const METADATA: Address = { address: '169.254.169.254', family: 4 };

interface LookupCase {
  readonly addresses: readonly Address[] | Error;
  readonly allowedHosts?: readonly string[];
  readonly family?: number;
}

function lookUp({ addresses, allowedHosts = ['*'], family = 0 }: LookupCase): Promise<unknown> {
  const lookup = createPinnedLookup(compileHostRules(allowedHosts), async () => {
    if (addresses instanceof Error) throw addresses;
    return addresses;
  });
  return new Promise((resolve, reject) => {
    lookup('api.example.com', { all: true, family }, (error, found) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
}

describe('the resolution of a host name', () => {
  it('C43: returns only the allowed addresses of a name', async () => {
    const found = await lookUp({ addresses: [METADATA, PRIVATE, PUBLIC, PUBLIC_V6] });
    expect(found).toEqual([PUBLIC, PUBLIC_V6]);
  });

  it('C43: rejects a name without an allowed address', async () => {
    await expect(lookUp({ addresses: [METADATA, PRIVATE] })).rejects.toMatchObject({
      code: 'address_not_allowed',
      host: 'api.example.com',
      responseLost: false,
    });
  });

  it('C42: allows private addresses, but never a metadata address, for a host that is listed literally', async () => {
    const allowedHosts = ['api.example.com'];
    expect(await lookUp({ addresses: [METADATA, PRIVATE], allowedHosts })).toEqual([PRIVATE]);
    await expect(lookUp({ addresses: [METADATA], allowedHosts })).rejects.toMatchObject({
      code: 'address_not_allowed',
    });
  });

  it.each([
    ['the resolver fails', new Error('SERVFAIL')],
    ['the response is empty', []],
  ])('fails with dns_failed when %s', async (_case, addresses) => {
    await expect(lookUp({ addresses })).rejects.toMatchObject({ code: 'dns_failed' });
  });

  it('returns only addresses of the requested family', async () => {
    expect(await lookUp({ addresses: [PUBLIC, PUBLIC_V6], family: 6 })).toEqual([PUBLIC_V6]);
  });
});
