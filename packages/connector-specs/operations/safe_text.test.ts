import { describe, expect, it } from 'vitest';
import { safeText } from './safe_text.ts';

describe('a text of a vendor', () => {
  it.each([
    'The access token expired.',
    'You must grant your OAuth token access to this organization.',
    'Invalid token provided (password required)',
    'The API key belongs to another account',
    'Bearer authentication is needed, not Basic auth',
    'The token expired: log in again',
    'The password expired.',
  ])('keeps its words when it is: %s', (text) => {
    expect(safeText(text)).toBe(text);
  });

  it.each([
    ['token: canary', 'token […]'],
    ['secret="canaryx" is wrong', 'secret […]" is wrong'],
    ['Bearer canaryx is wrong', 'Bearer […] is wrong'],
    ['Basic Y2FuYXJ5', 'Basic […]'],
    ['the password canary7 is wrong', 'the password […] is wrong'],
    ['the key canary-one', 'the key […]'],
    ['the token canaryCanary', 'the token […]'],
    [`the token ${'canary'.repeat(5)}`, 'the token […]'],
    ['Authorization: Bearer canaryx', 'Authorization: Bearer […]'],
    ['token = Bearer canaryx', 'token […]'],
    ['password swordfish', 'password […]'],
    ['the secret swordfish is wrong', 'the secret […] is wrong'],
    ['password swordfish: rejected', 'password […]'],
    ['Invalid secret token: abc123def', 'Invalid secret token […]'],
    ['Bearer token: abc123def', 'Bearer token […]'],
    ['The key secret password canaryx', 'The key secret password […]'],
    ['secret access key: abc123def', 'secret access key […]'],
  ])('is returned without the credential in: %s', (text, safe) => {
    expect(safeText(text)).toBe(safe);
  });
});
