import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EsError } from './es_error.ts';

const exec = promisify(execFile);
const MIN_JAVA = 21;
const VERSION_TIMEOUT_MS = 10_000;
/** Folders in which Linux distributions and macOS install Java. */
const JVM_FOLDERS: readonly { readonly folder: string; readonly home: string }[] = [
  { folder: '/usr/lib/jvm', home: '' },
  { folder: '/usr/java', home: '' },
  { folder: '/Library/Java/JavaVirtualMachines', home: 'Contents/Home' },
];

/** Places in which Java is searched. Default: those of this machine. */
export interface JavaSearch {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly jvmFolders?: typeof JVM_FOLDERS;
}

/**
 * Finds the `java` program of a Java 21 or newer. Preference: that of `JAVA_HOME`, then the one on
 * the search path, then the newest one in the system's folder of JVMs.
 * @throws EsError `java_missing`, whose message says what was found and what to install
 */
export async function findJava(search: JavaSearch = {}): Promise<string> {
  const { env = process.env, jvmFolders = JVM_FOLDERS } = search;
  const seen: string[] = [];
  const home = env['JAVA_HOME'];
  const preferred = [...(home ? [join(home, 'bin', 'java')] : []), 'java'];
  for (const java of preferred) {
    const version = await majorVersion(java, env);
    if (version !== undefined && version >= MIN_JAVA) return java;
    if (version !== undefined) seen.push(`${java} is Java ${version}`);
  }
  const installed: { readonly java: string; readonly version: number }[] = [];
  for (const java of await installedJvms(jvmFolders)) {
    const version = await majorVersion(java, env);
    if (version !== undefined) installed.push({ java, version });
  }
  const newest = installed.toSorted((a, b) => b.version - a.version)[0];
  if (newest !== undefined && newest.version >= MIN_JAVA) return newest.java;
  throw new EsError(
    'java_missing',
    `Elasticsearch needs Java ${MIN_JAVA} or newer, which was not found${seen.length > 0 ? ` (found: ${seen.join(', ')})` : ''}. ` +
      'Install one, for example `apt-get install openjdk-21-jre-headless` or `brew install openjdk@21`, or set JAVA_HOME.',
  );
}

async function installedJvms(folders: typeof JVM_FOLDERS): Promise<readonly string[]> {
  const found = folders.map(async ({ folder, home }) => {
    // When the folder is missing, it contains no JVMs.
    const names = await readdir(folder).catch(() => []);
    return names.map((name) => join(folder, name, home, 'bin', 'java'));
  });
  return (await Promise.all(found)).flat();
}

/** Returns the major version of a Java program. `undefined`: the file is not an executable Java. */
async function majorVersion(
  java: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number | undefined> {
  try {
    const { stderr } = await exec(java, ['-version'], { timeout: VERSION_TIMEOUT_MS, env });
    const version = /version "(\d+)/.exec(stderr)?.[1];
    return version === undefined ? undefined : Number(version);
  } catch {
    return undefined;
  }
}
