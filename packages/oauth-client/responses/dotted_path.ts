import { isRecord } from './record.ts';

/** Own properties only, so that a path cannot reach into prototypes. `undefined` when any step is missing. */
export function readPath(root: Readonly<Record<string, unknown>>, path: string): unknown {
  let at: unknown = root;
  for (const key of path.split('.')) {
    if (!isRecord(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** The object that holds the path's last step, `undefined` for a path of one step. */
export function readParent(
  root: Readonly<Record<string, unknown>>,
  path: string,
): Record<string, unknown> | undefined {
  const steps = path.split('.');
  if (steps.length < 2) return undefined;
  const parent = readPath(root, steps.slice(0, -1).join('.'));
  return isRecord(parent) ? parent : undefined;
}
