import { beforeAll, describe, expect, it } from '@jest/globals';
import { createSpace } from '../support/spaces.ts';
import {
  type BasePathProxy,
  Connection,
  connectInSameWindow,
  googlePages,
  LONG_MS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const BASE_PATH = '/kb';
const SPACE = 'team';

const browser = useChromium();
const environment = useConnectionEnvironment();
const { allow, deny } = googlePages;
/** Addresses of two servers on one store, by base path. */
const sites = new Map<string, BasePathProxy>();
let number = 0;

beforeAll(async () => {
  await createSpace(environment.admin, environment.proxy, SPACE);
  sites.set('', environment.proxy);
  sites.set(BASE_PATH, await environment.addSite(BASE_PATH));
});

/** Base paths and spaces: the four kinds of addresses of a page. */
describe.each([
  { basePath: '', spaceId: 'default' },
  { basePath: '', spaceId: SPACE },
  { basePath: BASE_PATH, spaceId: 'default' },
  { basePath: BASE_PATH, spaceId: SPACE },
])('with the base path "$basePath", a user in the space $spaceId', ({ basePath, spaceId }) => {
  async function aConnection(): Promise<Connection> {
    number += 1;
    const site = sites.get(basePath);
    if (site === undefined) throw new Error('The server is started before the tests');
    const of = { name: `Drive ${number}`, site, spaceId };
    const place = new Connection({ browser, environment }, { ...of, id: '' });
    const id = await environment.createDrive(of.name, place.server);
    return new Connection({ browser, environment }, { ...of, id });
  }

  it('is connected in two tabs, continues after a reload, and the window closes by itself', async () => {
    const drive = await aConnection();
    const page = await drive.openPage();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await drive.connectButton(other).waitFor();
    await page.bringToFront();
    const provider = await drive.connect(page);
    await drive.text(other, 'Finish in the other window, or start again').waitFor();
    await page.reload();
    await drive.waitForText(page, 'Finish in the other window, or start again');
    const closed = provider.waitForEvent('close', { timeout: LONG_MS });
    await allow(provider);
    await drive.waitUntilConnected(page);
    await drive.waitUntilConnected(other);
    await closed;
    expect(drive.starts()).toBe(1);
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('who denies access is told the reason, and starts again from the window of the provider', async () => {
    browser.expectProblems(/status of 400/);
    const drive = await aConnection();
    const page = await drive.openPage();
    const provider = await drive.connect(page);
    const flow = await drive.flowOf(page);
    await deny(provider);
    await drive.waitForText(page, 'Access was denied at the provider.');
    const ended = { status: 'failed', code: 'provider_refused' };
    expect(await drive.outcomeOf(flow)).toMatchObject(ended);
    expect(await drive.stored()).not.toContain('ana connected');
    await provider.getByText('Access was not granted').waitFor();
    await provider.getByRole('link', { name: 'Start again' }).click();
    await provider.getByRole('button', { name: /continue/i }).click();
    await allow(provider);
    await drive.waitForText(page, 'ana@example.com');
    expect(await drive.stored()).toEqual(['ana connected']);
  });

  it('whose browser opens no window returns to the page, connected or denied', async () => {
    const drive = await aConnection();
    const page = await drive.openPage();
    const address = page.url();
    await connectInSameWindow(drive, page);
    await deny(page);
    await drive.waitForText(page, 'Access was denied at the provider.');
    expect(page.url()).toBe(address);
    expect(await drive.stored()).not.toContain('ana connected');
    await connectInSameWindow(drive, page, 'Try again');
    await allow(page);
    await drive.waitUntilConnected(page);
    expect(page.url()).toBe(address);
    expect(await drive.stored()).toEqual(['ana connected']);
  });
});
