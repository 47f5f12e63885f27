import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createPkcePair } from './pkce.ts';
import { createState } from './state.ts';

describe('createPkcePair', () => {
  it('A22: makes a verifier of 96 random bytes, the longest the RFC allows', async () => {
    const asked: number[] = [];
    const { codeVerifier } = await createPkcePair((length) => {
      asked.push(length);
      return randomBytes(length);
    });
    expect(asked).toEqual([96]);
    expect(codeVerifier).toMatch(/^[\w-]{128}$/);
  });

  it('A22: makes another verifier for every flow', async () => {
    const pairs = await Promise.all([1, 2, 3].map(() => createPkcePair(randomBytes)));
    expect(new Set(pairs.map((pair) => pair.codeVerifier)).size).toBe(3);
  });

  it('derives the challenge with S256', async () => {
    const { codeVerifier, codeChallenge } = await createPkcePair(randomBytes);
    expect(codeChallenge).toBe(createHash('sha256').update(codeVerifier).digest('base64url'));
  });
});

describe('createState', () => {
  it('turns 32 random bytes into 43 characters', () => {
    expect(createState(randomBytes)).toMatch(/^[\w-]{43}$/);
    expect(createState(() => new Uint8Array(32).fill(255))).toBe(`${'_'.repeat(42)}8`);
  });
});
