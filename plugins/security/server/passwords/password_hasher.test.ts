import { seededRandomness } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { PasswordHasher, type PasswordHasherOptions } from './password_hasher.ts';

const CHEAP = { logN: 4, blockSize: 8, parallelization: 1 };
const aHasher = (over: Partial<PasswordHasherOptions> = {}) =>
  new PasswordHasher({ randomness: seededRandomness(), cost: CHEAP, ...over });

describe('the hashing of passwords', () => {
  it('accepts the hashed password and no other', async () => {
    const hasher = aHasher();
    const stored = await hasher.hash('correct horse');
    expect(await hasher.verify('correct horse', stored)).toEqual({ ok: true, outdated: false });
    expect(await hasher.verify('correct horsf', stored)).toEqual({ ok: false, outdated: false });
  });

  it('uses a new salt for each hash, and the hash does not contain the password', async () => {
    const hasher = aHasher();
    const [one, two] = await Promise.all([hasher.hash('changeme'), hasher.hash('changeme')]);
    expect(one).not.toBe(two);
    expect(one).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
    expect(one).not.toContain('changeme');
  });

  it('uses at least 32 MiB per password by default', async () => {
    const stored = await new PasswordHasher({ randomness: seededRandomness() }).hash('changeme');
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/);
  });

  it('treats composed and decomposed letters as the same password', async () => {
    const hasher = aHasher();
    const stored = await hasher.hash('caf\u00e9-au-lait');
    expect((await hasher.verify('cafe\u0301-au-lait', stored)).ok).toBe(true);
  });

  it('asks for a new hash when the parameters have changed', async () => {
    const stored = await aHasher().hash('changeme');
    const stronger = aHasher({ cost: { ...CHEAP, logN: 5 } });
    expect(await stronger.verify('changeme', stored)).toEqual({ ok: true, outdated: true });
    expect(await stronger.verify('wrong', stored)).toEqual({ ok: false, outdated: false });
  });

  it('refuses every password for a user who does not exist, with the same amount of work', async () => {
    const hasher = aHasher({ maxConcurrent: 1, maxWaiting: 0 });
    const decoy = hasher.verify('changeme', undefined);
    // The only slot is taken, which shows that a hash is being computed.
    await expect(hasher.verify('changeme', undefined)).rejects.toMatchObject({
      code: 'login_busy',
    });
    expect(await decoy).toEqual({ ok: false, outdated: false });
  });

  it('refuses work when the queue is full, and continues when a slot is free', async () => {
    const hasher = aHasher({ maxConcurrent: 2, maxWaiting: 3 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => hasher.hash('changeme')),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await hasher.hash('changeme')).toMatch(/^\$scrypt/);
  });

  it.each([
    'plain',
    '$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('reports a damaged hash, and not a wrong password, for the hash %s', async (stored) => {
    await expect(aHasher().verify('changeme', stored)).rejects.toMatchObject({
      code: 'password_unreadable',
    });
  });
});
