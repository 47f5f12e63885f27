import { appAt, mayOpen } from '../application/index.ts';
import { codeOf } from '../loaded_code/component_code.tsx';
import type { AppDefinition, Clock, HeaderItem } from '../types.ts';

/**
 * Longest wait for the code of the page, in milliseconds. After it the web app is shown without the
 * page. The HTML names the files of the page, so they usually arrive together with the others.
 */
const WAIT_MS = 300;

/**
 * Loads the code of the page at a path and of the header, so that the first rendering shows them.
 * Resolves when the code is loaded, when it cannot be loaded, or after {@link WAIT_MS}.
 */
export async function firstCode(options: {
  readonly apps: readonly AppDefinition[];
  readonly headerItems: readonly HeaderItem[];
  /** Path of the page, without base path and space. */
  readonly pathname: string;
  readonly can: (privilege: string) => boolean;
  readonly after: Clock['after'];
}): Promise<void> {
  const { apps, headerItems, pathname, can, after } = options;
  const app = appAt(apps, pathname);
  const needed = [
    ...(app !== undefined && mayOpen(app, can) ? [app.mount] : []),
    ...headerItems.map(({ load }) => load),
  ];
  const loaded = Promise.all(needed.map((read) => codeOf(read).load()));
  await new Promise<void>((resolve) => {
    const cancel = after(WAIT_MS, resolve);
    void loaded.then(() => {
      cancel();
      resolve();
    });
  });
}
