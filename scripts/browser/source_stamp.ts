import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Patterns of all files that the build reads. A change in any of them makes another build. */
const SOURCES = [
  'package-lock.json',
  'packages/core/{common,public}/**/*.{ts,tsx,css,json,svg}',
  'plugins/*/kibana.jsonc',
  'plugins/*/{common,public}/**/*.{ts,tsx,css,json,svg}',
  'scripts/browser/**/*.ts',
];
const NOT_BUILT = /\.(?:test|stories|mock)\.tsx?$/;
const ID_LENGTH = 16;

/** Returns the id of the build of the current sources: a hash of their paths and contents. */
export function sourceStamp(root: string): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: root })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !NOT_BUILT.test(file))
    .sort();
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.byteLength}\0`).update(content);
  }
  return hash.digest('hex').slice(0, ID_LENGTH);
}
