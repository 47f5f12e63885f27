import { relative, sep } from 'node:path';

/** Folders whose code the server loads. */
const FOLDERS = /^(packages|plugins|config)\//;
const LOADED = /\.(ts|jsonc|json|yml|css|js)$/;
const NOT_LOADED = /\.(test|mock|stories)\.tsx?$|\/public\/|\/node_modules\/|\/api_report/;

/** Returns `true` if the server must be restarted after a change of a file. */
export function isServerCode(root: string, file: string): boolean {
  const path = relative(root, file).split(sep).join('/');
  return FOLDERS.test(path) && LOADED.test(path) && !NOT_LOADED.test(path);
}
