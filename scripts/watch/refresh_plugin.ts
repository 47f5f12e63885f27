import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Browser module with {@link install} and {@link refresh}. */
export const REFRESH_RUNTIME = 'virtual:latchkey/refresh_runtime';

/** Connects the components of a module with `refresh_runtime.ts`. */
export function refreshPlugin(root: string): Plugin {
  return {
    name: 'latchkey-refresh',
    enforce: 'post',
    resolveId: (id) =>
      id === REFRESH_RUNTIME ? join(root, 'scripts/watch/refresh_runtime.ts') : undefined,
    transform: {
      filter: { id: /\.tsx$/, code: /\$RefreshReg\$\(/ },
      handler: (code, id) => ({ code: withRefresh(code, id), map: null }),
    },
  };
}

/**
 * Returns the module with the functions that the compiler calls. A module that also exports
 * something other than components is replaced together with the modules that import it.
 */
function withRefresh(code: string, id: string): string {
  const name = JSON.stringify(id.split('?')[0]);
  return [
    `import * as $refresh from ${JSON.stringify(REFRESH_RUNTIME)};`,
    `const $RefreshReg$ = (type, id) => $refresh.register(type, ${name} + ' ' + id);`,
    'const $RefreshSig$ = $refresh.createSignature;',
    code,
    'import.meta.hot?.accept((next) => {',
    '  if (next !== undefined && $refresh.isBoundary(next)) $refresh.refresh();',
    "  else import.meta.hot.invalidate('The module exports more than components');",
    '});',
    '',
  ].join('\n');
}
