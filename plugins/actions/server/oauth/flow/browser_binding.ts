import { createHash, timingSafeEqual } from 'node:crypto';
import type { CookieToSet, Randomness } from '@latchkey/core/server';
import { STATE_LIFETIME_MS } from './state_store.ts';

/** Time in milliseconds in which a user can decide about a change of account. */
export const DECISION_MS = 15 * 60_000;

/**
 * Binds a flow to the browser that started it (A8). The browser gets a random nonce in a
 * cookie, and the state stores its hash. Each flow has its own cookie, so that flows in two tabs do
 * not affect each other. `Lax`, because the provider sends the browser back by a top-level
 * navigation.
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

/** Returns `true` if the cookies of a callback hold the nonce of the flow. */
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
 * Extends the browser binding while the user decides about an account. `undefined`: this browser
 * has no binding.
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

/** Removes the binding when the flow has ended. */
export function removeBrowserBinding(flowId: string): CookieToSet {
  return { name: cookieName(flowId), value: '', maxAgeSeconds: 0, sameSite: 'lax' };
}

function cookieName(flowId: string): string {
  return `latchkey_oauth_${flowId.slice(0, 12)}`;
}

function hashOf(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}
