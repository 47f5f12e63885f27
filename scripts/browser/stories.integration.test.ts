import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../command.ts';

/**
 * This test examines each story in one theme and width. `npm run stories` examines all of them,
 * which takes several times as long.
 */
it('no story, in one theme and width each, has a serious finding of axe, text cut off or a message in the console', () => {
  // The texts are German, because these are the longest.
  const command = [join(ROOT, 'scripts', 'stories.ts'), '--once', '--language', 'de'];
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  expect(stderr).not.toContain(' px\n');
  expect(stdout).toMatch(/^\d{3,} views, 0 with findings/m);
}, 900_000);
