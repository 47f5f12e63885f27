import { type SiteProviders, startSiteProviders } from '@latchkey/dev-providers/quirks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  Connection,
  clickForWindow,
  LONG_MS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

/** The provider listens before the server starts, because settings name its port. */
const sites: { current: SiteProviders | undefined } = { current: undefined };
const atlassian = () => {
  if (sites.current === undefined) throw new Error('the providers are not started');
  return sites.current.atlassian;
};
beforeAll(async () => {
  sites.current = await startSiteProviders();
});

const browser = useChromium();
const environment = useConnectionEnvironment({
  get settings() {
    return {
      'xpack.actions.allowedHosts': ['*', 'localhost', '127.0.0.1'],
      'xpack.actions.dev.hostOverrides': sites.current?.hostOverrides,
    };
  },
});
afterAll(() => sites.current?.stop());

it('a user whose account has two sites chooses one site, and later the other site without connecting again', async () => {
  const { client } = atlassian();
  atlassian().nameFacts({ cloudId: ['acme', 'lab'] });
  const id = await environment.create({
    name: 'Jira',
    connector_type_id: '.jira-cloud',
    secrets: {
      authType: 'oauth_authorization_code',
      clientId: client.id,
      clientSecret: client.secret,
    },
  });
  const jira = new Connection({ browser, environment }, { id, name: 'Jira' });
  const chosen = async () => {
    const path = `/api/actions/connector/${id}/_sites` as const;
    return Object(await environment.ana.json(jira.server, `GET ${path}`)).site_id;
  };

  const page = await jira.openPage();
  // The provider consents immediately, and the window closes by itself.
  await clickForWindow(page, jira.connectButton(page));
  await jira.waitForText(page, 'Site not chosen');
  expect(await chosen()).toBeUndefined();

  // By mouse.
  await jira.button(page, 'Choose site for Jira').click();
  await page.getByRole('radio', { name: /lab/ }).check();
  await page.getByRole('button', { name: 'Use this site' }).click();
  await jira.waitForText(page, /^https:.*lab/);
  await jira.waitForText(page, 'Connected');
  expect(await chosen()).toBe('lab');

  // By keyboard.
  const change = await jira.menuItem(page, 'Change site');
  await change.press('Enter');
  await page.getByRole('radio', { name: /lab/ }).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor({ state: 'hidden', timeout: LONG_MS });
  await jira.waitForText(page, /^https:.*acme/);
  expect(await chosen()).toBe('acme');
  expect(jira.starts()).toBe(1);
});
