import { join } from 'node:path';
import { ROOT, run } from './command.ts';

/**
 * Builds the web app unless it is up to date. The build runs in a process of its own, because it
 * needs much memory, which a server would keep.
 * @throws Error when the build fails; its output is on the terminal
 */
export async function buildAppInChild(): Promise<void> {
  const code = await run(process.execPath, [join(ROOT, 'scripts', 'build_app.ts')]);
  if (code !== 0) throw new Error('The web app could not be built; see the messages above.');
}
