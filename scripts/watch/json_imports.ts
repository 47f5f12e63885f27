import type { Plugin } from 'vite';

/** Attribute of an import, with the argument or keyword around it. */
const ATTRIBUTE =
  /,\s*\{\s*with:\s*\{\s*type:\s*(['"])json\1\s*\}\s*\}|\s+with\s*\{\s*type:\s*(['"])json\2\s*\}/g;

/**
 * Removes `type: 'json'` from imports. Vite sends JSON as a JavaScript module, which browsers
 * refuse for such an import. Node needs the attribute, so the sources have it.
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
