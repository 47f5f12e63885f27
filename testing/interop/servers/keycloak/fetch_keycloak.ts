import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findJava } from '@latchkey/elasticsearch';
import { InteropError } from '../../provider/interop_error.ts';
import { cacheFolder, runTool } from '../../provider/run_tool.ts';

const VERSION = '26.7.3';
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
const SHA256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f';
const MAVEN_MISSING =
  'Keycloak is fetched with Maven, and `mvn` was not found. Install it, for example with `apt-get install maven` or `brew install maven`.';
/** Name of a file that is written last: a folder without this file is incomplete. */
const DONE = 'latchkey-built';

/**
 * The folder of a Keycloak that was built for a database in memory, and the Java program that runs
 * it.
 */
export interface KeycloakHome {
  readonly home: string;
  readonly java: string;
  readonly version: string;
}

/**
 * Fetches the distribution of Keycloak once per machine, verifies its pinned checksum, and builds
 * it for a database in memory.
 * @throws InteropError `tool_missing`, `fetch_failed`, `checksum_mismatch`
 * @throws EsError `java_missing`
 */
export async function fetchKeycloak(report: (line: string) => void): Promise<KeycloakHome> {
  const java = await findJava();
  const home = join(cacheFolder(), `keycloak-${VERSION}`);
  if (await exists(join(home, DONE))) return { home, java, version: VERSION };
  report(`Fetching Keycloak ${VERSION} with Maven and building it (once, 170 MB) into ${home} …`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    const unpacked = await unpack(work);
    await build(unpacked, java);
    await writeFile(join(unpacked, DONE), '');
    await rm(home, { recursive: true, force: true });
    await rename(unpacked, home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { home, java, version: VERSION };
}

async function unpack(work: string): Promise<string> {
  const maven = (goal: string, into: string) =>
    runTool({
      command: 'mvn',
      args: [
        '--batch-mode',
        '--no-transfer-progress',
        goal,
        `-Dartifact=${ARTIFACT}`,
        `-DoutputDirectory=${into}`,
      ],
      cwd: work,
      ifMissing: MAVEN_MISSING,
    });
  await maven('dependency:copy', work);
  const zip = await readFile(join(work, `keycloak-quarkus-dist-${VERSION}.zip`));
  const actual = createHash('sha256').update(zip).digest('hex');
  if (actual !== SHA256) {
    throw new InteropError(
      'checksum_mismatch',
      `Maven fetched ${ARTIFACT} with SHA-256 ${actual}, expected ${SHA256}. Check the repository that Maven uses.`,
    );
  }
  await maven('dependency:unpack', join(work, 'unpacked'));
  return join(work, 'unpacked', `keycloak-${VERSION}`);
}

/** Runs Keycloak's build step once. In development mode Keycloak would run it at every start. */
async function build(home: string, java: string): Promise<void> {
  await runTool({
    command: java,
    args: keycloakArguments(home, ['build', '--db=dev-mem', '--cache=local']),
    cwd: home,
    ifMissing: `${java} does not exist.`,
  });
}

/** Returns the Java arguments that Keycloak's own start script uses. */
export function keycloakArguments(home: string, args: readonly string[]): readonly string[] {
  const opened = ['util', 'util.concurrent', 'security', 'lang'].map(
    (part) => `--add-opens=java.base/java.${part}=ALL-UNNAMED`,
  );
  return [
    '-Xms64m',
    '-Xmx512m',
    ...opened,
    '--enable-native-access=ALL-UNNAMED',
    `-Dkc.home.dir=${home}`,
    `-Djboss.server.config.dir=${join(home, 'conf')}`,
    '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
    '-Dpicocli.disable.closures=true',
    '-Dquarkus-log-max-startup-records=10000',
    '-cp',
    join(home, 'lib', 'quarkus-run.jar'),
    'io.quarkus.bootstrap.runner.QuarkusEntryPoint',
    ...args,
  ];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
