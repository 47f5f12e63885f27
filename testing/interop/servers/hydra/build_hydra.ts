import { access, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, runTool } from '../../provider/run_tool.ts';

const VERSION = '2.3.0';
const MODULE = join(import.meta.dirname, 'module');

/** A Hydra program that was built from its Go module. */
export interface HydraProgram {
  readonly program: string;
  readonly version: string;
}

/**
 * Builds Hydra from its published Go module, with its embedded store; once per machine.
 * `module/go.sum` pins the content of the module and of its dependencies.
 * @throws InteropError
 */
export async function buildHydra(report: (line: string) => void): Promise<HydraProgram> {
  const folder = join(cacheFolder(), `hydra-${VERSION}`);
  const program = join(folder, 'hydra');
  const exists = await access(program).then(
    () => true,
    () => false,
  );
  if (exists) return { program, version: VERSION };
  report(`Building Ory Hydra ${VERSION} with Go (once, some minutes) into ${folder} …`);
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'build-'));
  try {
    for (const file of ['go.mod', 'go.sum']) await copyFile(join(MODULE, file), join(work, file));
    await runTool({
      command: 'go',
      args: [
        'build',
        '-tags',
        'sqlite,sqlite_omit_load_extension',
        '-o',
        join(work, 'made', 'hydra'),
        'github.com/ory/hydra/v2',
      ],
      cwd: work,
      env: { CGO_ENABLED: '1' },
      ifMissing:
        'Ory Hydra is built with Go, and `go` was not found. Install Go 1.24 or newer and a C compiler.',
    });
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, 'made'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { program, version: VERSION };
}
