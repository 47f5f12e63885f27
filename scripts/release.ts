// Makes the pending changesets a release: one version for all workspaces, and an entry in
// CHANGELOG.md. Publishes nothing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readArguments } from './arguments.ts';
import { addRelease } from './changelog.ts';
import { ROOT, run } from './command.ts';
import { refreshLockFile } from './lock_file.ts';

const USAGE = `Sets the next version from the pending changesets and moves their texts to CHANGELOG.md.

  npm run release
`;

const size = z.enum(['major', 'minor', 'patch']);
const planSchema = z.object({
  changesets: z.array(
    z.object({ summary: z.string(), releases: z.array(z.object({ type: size })).min(1) }),
  ),
  releases: z.array(z.object({ newVersion: z.string() })),
});

const { values } = readArguments(USAGE, {
  options: {
    root: { type: 'string', default: ROOT },
    help: { type: 'boolean', default: false },
  },
});
const root = resolve(values.root);

const plan = await readPlan();
const [release] = plan.releases;
if (release === undefined) {
  console.error('There are no changesets. Write one with: npm run changeset');
  process.exitCode = 1;
} else {
  const version = release.newVersion;
  const changes = plan.changesets.map(({ summary, releases }) => ({
    summary,
    size: size.options.find((one) => releases.some(({ type }) => type === one)) ?? 'patch',
  }));
  const date = new Date().toISOString().slice(0, 10);
  const changelog = addRelease(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), {
    version,
    date,
    changes,
  });
  if ((await run('changeset', ['version'], { cwd: root })) !== 0) process.exit(1);
  writeFileSync(join(root, 'CHANGELOG.md'), changelog);
  setRootVersion(version);
  process.exitCode = refreshLockFile(root);
  console.log(`Version ${version}. Review the changes and commit them.`);
}

/**
 * Reads from the tool which release the changesets make.
 * @throws Error when the changesets cannot be read; the tool has printed the reason
 */
async function readPlan(): Promise<z.infer<typeof planSchema>> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-release-'));
  const file = join(folder, 'plan.json');
  try {
    const code = await run('changeset', ['status', `--output=${file}`], { cwd: root });
    if (code !== 0) process.exit(code);
    return planSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Sets the version of the root, which is that of the server. The root is not a workspace, so
 * changesets does not change it.
 */
function setRootVersion(version: string): void {
  const file = join(root, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...manifest, version }, undefined, 2)}\n`);
}
