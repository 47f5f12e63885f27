import type { ComponentType } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { codeOf } from '../loaded_code/component_code.tsx';
import type { AppDefinition, HeaderItem } from '../types.ts';
import { firstCode } from './first_code.ts';

const Page: ComponentType = () => null;
const app = (id: string, mount: AppDefinition['mount']): AppDefinition => ({
  id,
  path: `/app/${id}`,
  title: { id, defaultMessage: id },
  icon: 'link',
  section: 'main',
  requiredPrivileges: [id],
  mount,
});
const item = (load: HeaderItem['load']): HeaderItem => ({ id: 'i', order: 1, side: 'right', load });

/**
 * Starts loading the first code.
 * @param privileges privileges of the user
 * @returns `endWait` ends the wait like its timer; `cancel` records that the timer was cancelled
 */
function start(apps: readonly AppDefinition[], items: readonly HeaderItem[], privileges: string[]) {
  let endWait = (): void => undefined;
  const cancel = vi.fn();
  const done = firstCode({
    apps,
    headerItems: items,
    pathname: '/app/a/detail',
    can: (privilege) => privileges.includes(privilege),
    after: (_, callback) => {
      endWait = callback;
      return cancel;
    },
  });
  return { done, cancel, endWait: () => endWait() };
}

describe('the code of the first rendering', () => {
  it('is the code of the current page and of the header, but not of other pages', async () => {
    const [page, other, header] = [vi.fn(), vi.fn(), vi.fn()].map((read) =>
      read.mockImplementation(async () => Page),
    ) as unknown as [AppDefinition['mount'], AppDefinition['mount'], HeaderItem['load']];
    const { done, cancel } = start([app('a', page), app('b', other)], [item(header)], ['a', 'b']);
    await done;
    expect(codeOf(page).getSnapshot().status).toBe('loaded');
    expect(codeOf(header).getSnapshot().status).toBe('loaded');
    expect(other).not.toHaveBeenCalled();
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it('does not include a page for which the user lacks a privilege', async () => {
    const page = vi.fn(async () => Page);
    await start([app('a', page)], [], []).done;
    expect(page).not.toHaveBeenCalled();
  });

  it('is awaited until the time limit, or until loading it has failed', async () => {
    const slow = start([app('a', () => new Promise(() => undefined))], [], ['a']);
    slow.endWait();
    await slow.done;
    const failed = start([app('a', () => Promise.reject(new Error('x')))], [], ['a']);
    await failed.done;
    expect(failed.cancel).toHaveBeenCalledTimes(1);
  });
});
