import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findJava } from './find_java.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-java-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a program that reports this Java version, and returns its path. */
async function aJava(path: string, version: string): Promise<string> {
  const java = join(folder, path, 'bin', 'java');
  await mkdir(dirname(java), { recursive: true });
  await writeFile(java, `#!/bin/sh\necho 'openjdk version "${version}" 2025-01-01' >&2\n`);
  await chmod(java, 0o755);
  return java;
}

const jvmFolders = () => [{ folder: join(folder, 'jvm'), home: '' }];

describe('the search for Java', () => {
  it('prefers JAVA_HOME, then the search path, then the newest version in the folder of JVMs', async () => {
    const home = await aJava('home', '21.0.5');
    const onPath = join(dirname(await aJava('path', '22')));
    await aJava('jvm/java-17', '17.0.1');
    await aJava('jvm/java-21', '21.0.1');
    const newest = await aJava('jvm/java-25', '25');
    const search = { jvmFolders: jvmFolders() };
    const all = { JAVA_HOME: join(folder, 'home'), PATH: onPath };
    expect(await findJava({ ...search, env: all })).toBe(home);
    expect(await findJava({ ...search, env: { PATH: onPath } })).toBe('java');
    expect(await findJava({ ...search, env: { PATH: '' } })).toBe(newest);
  });

  it('skips a Java that is too old', async () => {
    await aJava('home', '17.0.15');
    const newest = await aJava('jvm/java-21', '21');
    const env = { JAVA_HOME: join(folder, 'home'), PATH: '' };
    expect(await findJava({ env, jvmFolders: jvmFolders() })).toBe(newest);
  });

  it('reports the versions that were found and what to install', async () => {
    await aJava('home', '17.0.15');
    const env = { JAVA_HOME: join(folder, 'home'), PATH: '' };
    const search = findJava({ env, jvmFolders: jvmFolders() });
    await expect(search).rejects.toMatchObject({
      code: 'java_missing',
      message: expect.stringMatching(/Java 21 or newer.*is Java 17.* Install/),
    });
  });
});
