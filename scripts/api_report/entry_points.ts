import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** One module that other workspaces may import. */
interface EntryPoint {
  /** Specifier with which other workspaces import it: `@latchkey/core/server`. */
  readonly specifier: string;
  /** Absolute path of the source file. */
  readonly file: string;
}

/** A workspace with at least one entry point. */
export interface ReportedPackage {
  /** Name of the npm package. */
  readonly name: string;
  /** Folder relative to the root of the checkout: `packages/core`. */
  readonly folder: string;
  readonly entryPoints: readonly EntryPoint[];
}

const manifestSchema = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.string()).default({}),
});

/**
 * Entry points that only tests use. Their changes affect no running code, so they have no report.
 */
const FOR_TESTS = /(^|\/)(mocks|testing)$/;

/** Returns all packages and plugins that export something, sorted by folder. */
export function reportedPackages(root: string): readonly ReportedPackage[] {
  const manifests = globSync('{packages,plugins}/*/package.json', { cwd: root }).sort();
  return manifests.flatMap((path) => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
    const folder = dirname(path);
    const entryPoints = Object.entries(manifest.exports)
      .filter(([entryPoint]) => !FOR_TESTS.test(entryPoint))
      .map(([entryPoint, file]) => ({
        specifier: join(manifest.name, entryPoint),
        file: join(root, folder, file),
      }));
    return entryPoints.length === 0 ? [] : [{ name: manifest.name, folder, entryPoints }];
  });
}
