import { createHash, timingSafeEqual } from 'node:crypto';
import type { CookieToSet, Randomness } from '@latchkey/core/server';
import { STATE_LIFETIME_MS } from './state_store.ts';

/** Time within which a user can decide about a change of account, in milliseconds. */
export const DECISION_MS = 15 * 60_000;

/**
 * Binds a flow to the browser that started it (A8). A cookie of the browser contains a random
 * nonce, and the state contains the hash of the nonce. Each flow has its own cookie, so that flows
 * in two tabs do not affect each other. The cookie is `SameSite=Lax`, because the provider returns
 * the browser by a top-level navigation.
 */
export function bindBrowser(
  flowId: string,
  randomness: Randomness,
): { readonly cookie: CookieToSet; readonly hash: string } {
  const nonce = randomness.bytes(32).toString('base64url');
  return {
    cookie: {
      name: cookieName(flowId),
      value: nonce,
      maxAgeSeconds: STATE_LIFETIME_MS / 1000,
      sameSite: 'lax',
    },
    hash: hashOf(nonce),
  };
}

/** Returns `true` if the cookies of a request contain the nonce of the flow. */
export function isSameBrowser(
  cookies: Readonly<Record<string, string | undefined>>,
  flow: { readonly flowId: string; readonly browserBinding: string },
): boolean {
  const nonce = cookies[cookieName(flow.flowId)];
  if (nonce === undefined) return false;
  const [seen, expected] = [Buffer.from(hashOf(nonce)), Buffer.from(flow.browserBinding)];
  return seen.length === expected.length && timingSafeEqual(seen, expected);
}

/**
 * Returns the cookie with a longer lifetime, for the time in which the user decides about an
 * account. `undefined`: this browser has no such cookie.
 */
export function extendBrowserBinding(
  cookies: Readonly<Record<string, string | undefined>>,
  flow: { readonly flowId: string; readonly browserBinding: string },
): CookieToSet | undefined {
  const name = cookieName(flow.flowId);
  const value = cookies[name];
  if (value === undefined || !isSameBrowser(cookies, flow)) return undefined;
  return { name, value, maxAgeSeconds: DECISION_MS / 1000, sameSite: 'lax' };
}

/** Returns the cookie that removes the nonce when the flow has ended. */
export function removeBrowserBinding(flowId: string): CookieToSet {
  return { name: cookieName(flowId), value: '', maxAgeSeconds: 0, sameSite: 'lax' };
}

function cookieName(flowId: string): string {
  return `latchkey_oauth_${flowId.slice(0, 12)}`;
}

function hashOf(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}
