import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  ELASTICSEARCH_VERSION,
  SERVER_JARS,
  TRANSPORT_DESCRIPTORS,
  TRANSPORT_JARS,
} from './artifacts.ts';
import { EsError } from './es_error.ts';

const exec = promisify(execFile);
const FETCH_TIMEOUT_MS = 10 * 60_000;
const POM = join(import.meta.dirname, 'node', 'pom.xml');
const TRANSPORT_FOLDER = join('modules', 'transport-netty4');
const DESCRIPTOR_FOLDER = join('META-INF', 'es-plugins', 'transport-netty4');

/** Options of {@link ensureHomeFolder}. */
export interface HomeFolderOptions {
  /** Folder for downloads. Default: `latchkey` in `XDG_CACHE_HOME`, else in `~/.cache`. */
  readonly cacheFolder?: string;
  readonly report?: (line: string) => void;
  /** Path of the Maven program. Default: `mvn` on the search path. */
  readonly maven?: string;
}

interface PinnedFile {
  /** Path of the file, relative to the home folder. */
  readonly path: string;
  readonly sha256: string;
}

/**
 * Returns the folder of an Elasticsearch with pinned content. The folder is created once per
 * machine from the published artifacts. Every call verifies every file, so that a damaged cache is
 * noticed here and not first in a test.
 * @throws EsError `maven_missing`, `fetch_failed`, `checksum_mismatch`
 */
export async function ensureHomeFolder(options: HomeFolderOptions = {}): Promise<string> {
  const { report = () => {}, maven = 'mvn' } = options;
  const cache = options.cacheFolder ?? defaultCacheFolder();
  const home = join(cache, `elasticsearch-${ELASTICSEARCH_VERSION}`);
  if ((await findDifference(home)) === undefined) return home;
  report(`Fetching Elasticsearch ${ELASTICSEARCH_VERSION} with Maven (once, 40 MB) into ${home} …`);
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    const made = await fetchHome(work, maven);
    const difference = await findDifference(made);
    if (difference !== undefined) {
      throw new EsError(
        'checksum_mismatch',
        `Maven fetched different content than testing/elasticsearch/artifacts.ts pins: ${difference}. Check the repository that Maven uses.`,
      );
    }
    await moveInto(made, home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home;
}

function defaultCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'latchkey');
}

/**
 * Fetches the files with Maven, in a separate folder because Maven's plugins write files into the
 * current one. Returns the folder with the files.
 */
async function fetchHome(work: string, maven: string): Promise<string> {
  const fetched = join(work, 'fetched');
  await copyFile(POM, join(work, 'pom.xml'));
  await runMaven(maven, work, [
    'dependency:copy-dependencies',
    '-DincludeScope=runtime',
    `-DoutputDirectory=${fetched}`,
  ]);
  await runMaven(maven, work, [
    'dependency:unpack-dependencies',
    '-DincludeArtifactIds=transport-netty4',
    `-Dmdep.unpack.includes=META-INF/es-plugins/**`,
    `-DoutputDirectory=${fetched}`,
  ]);
  const home = join(work, 'home');
  for (const { path } of pinnedFiles()) {
    const name = path.slice(dirname(path).length + 1);
    const source = name.endsWith('.jar') ? name : join(DESCRIPTOR_FOLDER, name);
    await mkdir(join(home, dirname(path)), { recursive: true });
    await cp(join(fetched, source), join(home, path)).catch((error: unknown) => {
      throw new EsError('fetch_failed', `Maven did not fetch ${name}.`, { cause: error });
    });
  }
  return home;
}

async function runMaven(maven: string, cwd: string, args: readonly string[]): Promise<void> {
  try {
    await exec(maven, ['--batch-mode', '--no-transfer-progress', ...args], {
      cwd,
      timeout: FETCH_TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    if (fieldOf(error, 'code') === 'ENOENT') {
      throw new EsError(
        'maven_missing',
        'Elasticsearch is fetched with Maven, and `mvn` was not found. Install it, for example with `apt-get install maven` or `brew install maven`.',
      );
    }
    const log = join(dirname(cwd), 'maven-failed.log');
    await writeFile(log, String(fieldOf(error, 'stdout') ?? error));
    throw new EsError('fetch_failed', `Maven could not fetch the artifacts: see ${log}.`, {
      cause: error,
    });
  }
}

function fieldOf(error: unknown, name: 'code' | 'stdout'): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

/**
 * Returns a description of the first file that is missing or differs; `undefined`: all are as
 * pinned.
 */
async function findDifference(home: string): Promise<string | undefined> {
  const checks = pinnedFiles().map(async ({ path, sha256 }) => {
    try {
      const content = await readFile(join(home, path));
      const actual = createHash('sha256').update(content).digest('hex');
      return actual === sha256 ? undefined : `${path} has SHA-256 ${actual}, expected ${sha256}`;
    } catch {
      return `${path} is missing`;
    }
  });
  return (await Promise.all(checks)).find((difference) => difference !== undefined);
}

function pinnedFiles(): readonly PinnedFile[] {
  const jar = (folder: string) => (artifact: { coordinates: string; sha256: string }) => {
    const [, name, version] = artifact.coordinates.split(':');
    return { path: join(folder, `${name}-${version}.jar`), sha256: artifact.sha256 };
  };
  return [
    ...SERVER_JARS.map(jar('lib')),
    ...TRANSPORT_JARS.map(jar(TRANSPORT_FOLDER)),
    ...TRANSPORT_DESCRIPTORS.map(({ file, sha256 }) => ({
      path: join(TRANSPORT_FOLDER, file),
      sha256,
    })),
  ];
}

/**
 * Renames the complete folder to its final path, in one step: two processes that fetch at the same
 * time both get a complete folder.
 */
async function moveInto(made: string, home: string): Promise<void> {
  try {
    await rename(made, home);
  } catch (error) {
    await access(home).catch(() => {
      throw error;
    });
    if ((await findDifference(home)) === undefined) return;
    await rm(home, { recursive: true, force: true });
    await rename(made, home);
  }
}
