import type { ConfigProblem } from './config_error.ts';
import { type ConfigBranch, nodeAt, putAt, removeAt, sourceAt } from './config_node.ts';

/**
 * An old key that is still accepted. Its use causes a warning that names the new key. Paths are
 * complete and joined by dots.
 */
export interface ConfigDeprecation {
  readonly from: string;
  /** New name of the key. `undefined`: the key no longer has any effect. */
  readonly to: string | undefined;
}

/**
 * Moves values from old keys to new ones, in place.
 * @returns one warning per old key in use
 */
export function applyDeprecations(
  tree: ConfigBranch,
  deprecations: readonly ConfigDeprecation[],
  problems: ConfigProblem[],
): string[] {
  const warnings: string[] = [];
  for (const { from, to } of deprecations) {
    const path = from.split('.');
    const node = nodeAt(tree, path);
    if (node === undefined) continue;
    const source = sourceAt(tree, path) ?? 'configuration';
    removeAt(tree, path);
    if (to === undefined) {
      warnings.push(`[${from}] has no effect any more; remove it from ${source}.`);
    } else if (putAt(tree, to.split('.'), node)) {
      warnings.push(`[${from}] is now called [${to}]; rename it in ${source}.`);
    } else {
      const message = `given together with [${to}], its new name; keep only the new one (${source})`;
      problems.push({ path: from, message });
    }
  }
  return warnings;
}
