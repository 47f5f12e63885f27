import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureHomeFolder } from './home_folder.ts';

let cacheFolder: string;

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'latchkey-cache-'));
});
afterEach(() => rm(cacheFolder, { recursive: true }));

/** Creates a program in place of Maven that runs this shell script, and returns its path. */
async function aMaven(script: string): Promise<string> {
  const maven = join(cacheFolder, 'mvn');
  await writeFile(maven, `#!/bin/sh\n${script}\n`);
  await chmod(maven, 0o755);
  return maven;
}

describe('the installation of Elasticsearch for tests', () => {
  it('reports that Maven is missing and how to install it', async () => {
    const maven = join(cacheFolder, 'no-such-program');
    await expect(ensureHomeFolder({ cacheFolder, maven })).rejects.toMatchObject({
      code: 'maven_missing',
      message: expect.stringContaining('apt-get install maven'),
    });
  });

  it("names the file with Maven's output when Maven cannot fetch, and leaves no incomplete folder", async () => {
    const maven = await aMaven('echo no network; exit 1');
    await expect(ensureHomeFolder({ cacheFolder, maven })).rejects.toMatchObject({
      code: 'fetch_failed',
      message: expect.stringContaining('maven-failed.log'),
    });
    expect((await readdir(cacheFolder)).toSorted()).toEqual(['maven-failed.log', 'mvn']);
  });

  it('refuses artifacts whose content differs from the pinned checksums', async () => {
    // This Maven creates every requested file with the wrong content.
    const maven = await aMaven(`
      for argument; do case $argument in -DoutputDirectory=*) out=\${argument#*=};; esac; done
      mkdir -p "$out/META-INF/es-plugins/transport-netty4"
      sed -n "s/.*coordinates: '[^:]*:\\([^:]*\\):\\([^']*\\)'.*/\\1-\\2.jar/p" '${join(import.meta.dirname, 'artifacts.ts')}' |
        while read -r jar; do echo evil > "$out/$jar"; done
      for file in entitlement-policy.yaml plugin-descriptor.properties; do
        echo evil > "$out/META-INF/es-plugins/transport-netty4/$file"
      done`);
    await expect(ensureHomeFolder({ cacheFolder, maven })).rejects.toMatchObject({
      code: 'checksum_mismatch',
      message: expect.stringContaining('SHA-256'),
    });
    expect((await readdir(cacheFolder)).toSorted()).toEqual(['mvn']);
  });
});
