import type { Plugin } from 'vite';

/** Matches the attribute of an import, with the argument or keyword around it. */
const ATTRIBUTE =
  /,\s*\{\s*with:\s*\{\s*type:\s*(['"])json\1\s*\}\s*\}|\s+with\s*\{\s*type:\s*(['"])json\2\s*\}/g;

/**
 * Removes `type: 'json'` from imports. The sources have this attribute because Node needs it. Vite
 * sends JSON as a JavaScript module, which browsers refuse for such an import.
 */
export const withoutJsonAttributes = (code: string): string => code.replace(ATTRIBUTE, '');

/** Applies {@link withoutJsonAttributes} to our own modules. */
export function jsonImportsPlugin(): Plugin {
  return {
    name: 'latchkey-json-imports',
    enforce: 'pre',
    transform(code, id) {
      if (id.includes('/node_modules/') || !/\.tsx?(\?|$)/.test(id)) return undefined;
      const changed = withoutJsonAttributes(code);
      return changed === code ? undefined : { code: changed, map: null };
    },
  };
}
