import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { VendorSource } from '@latchkey/connector-specs/vendor_api';
import type { SdkFile } from './openapi_client.ts';

const run = promisify(execFile);

/** Maximum bytes of a file. The largest description in use has 13 MB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Downloads a package from its registry, without installing it, and returns one of its files.
 * Packages of Python need `pip` and `python3`.
 * @throws Error when the digest of the package is not that of the manifest
 */
export function readPackageFile(source: VendorSource): Promise<string> {
  return withArchive(source, async (archive, folder) => {
    if (source.registry === 'pypi') {
      await run('python3', ['-m', 'zipfile', '-e', archive, folder]);
      return readFile(join(folder, source.file), 'utf8');
    }
    const file = await run('tar', ['-xzOf', archive, `package/${source.file}`], {
      maxBuffer: MAX_FILE_BYTES,
    });
    return file.stdout;
  });
}

/**
 * Downloads a package of npm without its dependencies, and imports one of its files.
 * @throws Error like {@link readPackageFile}
 */
export function importPackageFile<T>(source: VendorSource): Promise<T> {
  return withArchive(source, async (archive, folder) => {
    await run('tar', ['-xzf', archive, '-C', folder]);
    const exported: T = await import(pathToFileURL(join(folder, 'package', source.file)).href);
    return exported;
  });
}

/**
 * Downloads a package of npm, and reads the JavaScript and declarations of APIs and models in some
 * folders below the `file` of the source.
 * @throws Error like {@link readPackageFile}
 */
export function readPackageFolders(
  source: VendorSource,
  folders: readonly string[],
): Promise<readonly SdkFile[]> {
  return withArchive(source, async (archive, folder) => {
    await run('tar', ['-xzf', archive, '-C', folder]);
    const root = join(folder, 'package', source.file);
    const files: SdkFile[] = [];
    for (const path of folders.flatMap((one) => [`${one}/apis`, `${one}/models`])) {
      const names = (await readdir(join(root, path))).filter((name) => /\.(js|d\.ts)$/.test(name));
      for (const name of names) {
        const text = await readFile(join(root, path, name), 'utf8');
        files.push({ path: `${path}/${name}`, text });
      }
    }
    return files;
  });
}

/**
 * Installs a package of npm with its dependencies in a temporary folder. Install scripts do not
 * run.
 * @param use gets a function that imports an installed package by its name
 * @throws Error like {@link readPackageFile}
 */
export function withInstalledPackage<T>(
  source: VendorSource,
  use: (load: (name: string) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  return withArchive(source, async (archive, folder) => {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    await run('npm', ['install', '--prefix', folder, archive, ...flags], { cwd: folder });
    // Packages are found from the file that imports them.
    const loader = join(folder, 'load.mjs');
    await writeFile(loader, 'export const load = (name) => import(name);');
    const { load } = await import(pathToFileURL(loader).href);
    return use(load);
  });
}

/**
 * Downloads a package, checks its digest, and calls `use`. Afterwards it removes the archive and
 * the folder that contains it.
 */
async function withArchive<T>(
  source: VendorSource,
  use: (archive: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-vendor-api-'));
  try {
    const isWheel = source.registry === 'pypi';
    const archive = join(folder, await (isWheel ? downloadWheel : packNpm)(source, folder));
    const sha256 = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    if (sha256 !== source.sha256) {
      throw new Error(
        `package ${source.package}@${source.version} has the digest ${sha256}, the manifest ${source.sha256}`,
      );
    }
    return await use(archive, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Downloads a package of npm. Returns the name of the archive. */
async function packNpm(source: VendorSource, folder: string): Promise<string> {
  const spec = `${source.package}@${source.version}`;
  const { stdout } = await run('npm', ['pack', spec, '--silent', '--pack-destination', folder], {
    cwd: folder,
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** Downloads a package of Python. Returns the name of the archive. */
async function downloadWheel(source: VendorSource, folder: string): Promise<string> {
  const spec = `${source.package}==${source.version}`;
  await run('pip', ['download', spec, '--no-deps', '--only-binary', ':all:', '-q', '-d', folder]);
  const [wheel = ''] = await readdir(folder);
  return wheel;
}
