import { searchFiles } from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { runAxe } from './harness/axe.ts';
import {
  type Connection,
  clickForWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  MY_CONNECTIONS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment();

/** Connections of Ana whose authorizations were revoked at the provider. */
async function createLost(count: number): Promise<readonly Connection[]> {
  const { ana, google } = environment;
  const drives: Connection[] = [];
  for (let i = 0; i < count; i += 1) drives.push(await connectionToDrive({ browser, environment }));
  for (const drive of drives) await drive.connectWithoutBrowser();
  google.revokeGrants({ account: 'ana' });
  for (const drive of drives) {
    await ana.execute(drive.server, drive.id, searchFiles('a'));
    expect(await drive.stored()).toEqual(['ana needs_reauth']);
  }
  return drives;
}

it('the guide leads through all connections that were lost, one window for each click, and lets the user skip one', async () => {
  const drives = await createLost(3);
  const ofName = (name: string): Connection => {
    const found = drives.find((drive) => drive.name === name);
    if (found === undefined) throw new Error(`There is no connection ${name}`);
    return found;
  };
  const page = await browser.openAs(environment.ana, environment.proxy, { path: MY_CONNECTIONS });
  /** The connection of a step of the guide. */
  const atStep = async (position: number): Promise<Connection> => {
    const words = page.getByText(new RegExp(`^${position} of 3: `));
    await words.waitFor({ timeout: LONG_MS });
    return ofName((await words.innerText()).replace(/^\d of 3: /, ''));
  };
  const reconnect = async (drive: Connection): Promise<Page> =>
    clickForWindow(
      page,
      page.getByRole('button', { name: `Reconnect ${drive.name}`, exact: true }).first(),
    );
  /** Number of attempts that the page started. Ana connected each of them once before. */
  const starts = () =>
    drives.map((drive) => drive.starts()).reduce((sum, one) => sum + one) - drives.length;

  await page.getByText('3 connections need you').waitFor({ timeout: LONG_MS });
  expect(await runAxe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Reconnect 3', exact: true }).click();

  const first = await atStep(1);
  // The guide opens no window by itself.
  expect([starts(), page.context().pages().length]).toEqual([0, 1]);
  await googlePages.allow(await reconnect(first));

  const second = await atStep(2);
  expect(second.id).not.toBe(first.id);
  expect(await first.stored()).toEqual(['ana connected']);
  await page.getByRole('button', { name: 'Skip', exact: true }).click();

  const third = await atStep(3);
  await googlePages.allow(await reconnect(third));
  await page.getByText('2 connections work again').waitFor({ timeout: LONG_MS });
  await page.getByText('You skipped 1.').waitFor();
  expect(starts()).toBe(2);
  expect(await third.stored()).toEqual(['ana connected']);
  expect(await second.stored()).toEqual(['ana needs_reauth']);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  // One connection needs no guide: it has its own button.
  await second.button(page, `Reconnect ${second.name}`).waitFor();
  expect(await page.getByText(/connections? needs? you$/).count()).toBe(0);
});
