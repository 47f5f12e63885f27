/**
 * An older build that does not compare endpoints with the token URL. Existing installations contain
 * connectors that such a build has saved.
 */
import { registerHooks } from 'node:module';

const RULE = '/strategies/endpoint_trust.ts';

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const resolved = nextResolve(specifier, context);
    if (!resolved.url.endsWith(RULE)) return resolved;
    return { ...resolved, url: new URL('./any_endpoint_trust.ts', import.meta.url).href };
  },
});
