import { z } from 'zod';
import type { TokenTypeHint } from './authorization_server.ts';

const introspection = z.object({ active: z.boolean() });

/**
 * Asks an introspection endpoint if a token is valid (RFC 7662 §2).
 * @throws Error when the status of the response does not report success
 */
export async function introspect(
  url: string,
  about: { readonly token: string; readonly token_type_hint: TokenTypeHint },
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: new URLSearchParams(about),
  });
  if (!response.ok) throw new Error(`Introspection responded with status ${response.status}`);
  return introspection.parse(await response.json()).active;
}
