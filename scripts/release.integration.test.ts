import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from './command.ts';

const run = promisify(execFile);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'latchkey-release-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const read = (path: string) => readFile(join(root, path), 'utf8');
const versionOf = async (path: string) => JSON.parse(await read(path)).version;

/**
 * Creates a checkout with two workspaces, the given changesets, and the changesets configuration of
 * this repository.
 */
async function aCheckout(changesets: Readonly<Record<string, string>>): Promise<void> {
  const files: Record<string, object | string> = {
    'package.json': {
      name: 'latchkey',
      version: '0.1.0',
      private: true,
      workspaces: ['packages/*'],
    },
    // With a lock file, the tool detects that this is a workspace of npm.
    'package-lock.json': { name: 'latchkey', version: '0.1.0', lockfileVersion: 3, packages: {} },
    'packages/core/package.json': { name: '@latchkey/core', version: '0.1.0', private: true },
    'packages/egress/package.json': { name: '@latchkey/egress', version: '0.1.0', private: true },
    'CHANGELOG.md': '# Changelog\n\n## 0.1.0\n\n- First.\n',
    ...Object.fromEntries(
      Object.entries(changesets).map(([name, text]) => [`.changeset/${name}.md`, text]),
    ),
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(root, path), text);
  }
  const configuration = join('.changeset', 'config.json');
  await mkdir(join(root, '.changeset'), { recursive: true });
  await cp(join(ROOT, configuration), join(root, configuration));
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.test', ...args], { cwd: root });
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-qm', 'First');
}

const release = () => {
  const path = [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const args = [join(ROOT, 'scripts', 'release.ts'), '--root', root];
  return run(process.execPath, args, { env: { PATH: path, HOME: root } });
};

it('a release gives all workspaces one version and moves the changesets to the changelog', async () => {
  await aCheckout({
    'brave-key': '---\n"@latchkey/core": minor\n---\n\nAdds X.\n',
    'calm-river': '---\n"@latchkey/egress": patch\n---\n\nCorrects Y.\n',
  });
  await release();
  const manifests = ['package.json', 'packages/core/package.json', 'packages/egress/package.json'];
  expect(await Promise.all(manifests.map(versionOf))).toEqual(['0.2.0', '0.2.0', '0.2.0']);
  expect(await read('CHANGELOG.md')).toMatch(
    /## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n### New\n\n- Adds X\.\n\n### Corrected\n\n- Corrects Y\.\n\n## 0\.1\.0/,
  );
  await expect(read('.changeset/brave-key.md')).rejects.toThrow('ENOENT');
  expect(JSON.parse(await read('package-lock.json')).version).toBe('0.2.0');
});

it('a release changes nothing when there are no changesets', async () => {
  await aCheckout({});
  await expect(release()).rejects.toMatchObject({ code: 1 });
  expect(await versionOf('package.json')).toBe('0.1.0');
});
