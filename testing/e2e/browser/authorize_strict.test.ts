import { revocableStrictFiles, strictFiles } from '@latchkey/test-environment';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Connection,
  clickForWindow,
  connectInSameWindow,
  connectionToDrive,
  createConnection,
  googlePages,
  NESTED_PLACE,
  PLAIN_PLACE,
  type Place,
  strictPages,
  useChromium,
  useConnectionEnvironment,
  WAITS_FOR_REVOCATIONS,
} from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment({ build: WAITS_FOR_REVOCATIONS });
const { allow, deny } = strictPages;
let number = 0;
let files: Connection;

function aConnection(body: typeof strictFiles, place: Place = NESTED_PLACE): Promise<Connection> {
  number += 1;
  const name = `Files ${number}`;
  return createConnection({ browser, environment }, { ...body(environment), name }, place);
}

beforeEach(async () => {
  environment.strict.clearFaults();
  environment.strict.revokeGrant('ana');
  files = await aConnection(revocableStrictFiles);
});

const isGranted = () => environment.strict.isGrantAlive('ana');

describe('at a strict OAuth server, a user who allows access', () => {
  it('is connected, and a disconnect ends the grant there', async () => {
    const page = await files.openPage();
    await allow(await files.connect(page));
    await files.waitForText(page, /^Connected/);
    expect(await files.stored()).toEqual(['ana connected']);
    expect(isGranted()).toBe(true);
    await files.disconnect(page, 'The provider confirmed that the authorization was revoked.');
    expect(await files.stored()).toEqual([]);
    expect(isGranted()).toBe(false);
  });

  it('in the same window, returns to the page and is connected', async () => {
    files = await aConnection(revocableStrictFiles, PLAIN_PLACE);
    const page = await files.openPage();
    const address = page.url();
    await connectInSameWindow(files, page);
    await allow(page);
    await files.waitForText(page, /^Connected/);
    expect(page.url()).toBe(address);
    expect(await files.stored()).toEqual(['ana connected']);
  });

  it('is told at the disconnect that only the provider can remove the access', async () => {
    files = await aConnection(strictFiles);
    const page = await files.openPage();
    await allow(await files.connect(page));
    await files.waitForText(page, /^Connected/);
    await files.disconnect(page, 'The provider offers no way to revoke it from here.');
    // Kept to say that the access may still exist at the provider.
    expect(await files.stored()).toEqual(['ana not_connected']);
    expect(isGranted()).toBe(true);
  });
});

describe('at a strict OAuth server, a user who denies access', () => {
  it('sees the error of the provider in the window, and the next step on the page', async () => {
    browser.expectProblems(/status of 400/);
    const page = await files.openPage();
    const provider = await files.connect(page);
    const flow = await files.flowOf(page);
    await deny(provider);
    await provider.getByText('The user refused.').waitFor();
    await files.waitForText(page, 'Access was denied at the provider.');
    const refused = { status: 'failed', code: 'provider_refused' };
    expect(await files.outcomeOf(flow)).toMatchObject(refused);
    expect(await files.stored()).toEqual([]);
    expect(isGranted()).toBe(false);
  });

  it('in the same window, returns to the page, which shows the next step', async () => {
    files = await aConnection(revocableStrictFiles, PLAIN_PLACE);
    const page = await files.openPage();
    const address = page.url();
    await connectInSameWindow(files, page);
    await deny(page);
    await files.waitForText(page, 'Access was denied at the provider.');
    expect(page.url()).toBe(address);
    expect(await files.stored()).toEqual([]);
    expect(isGranted()).toBe(false);
  });

  it('sees the next step even when the provider sends no description', async () => {
    browser.expectProblems(/status of 400/);
    const page = await files.openPage();
    files.site.changeNextCallback((sent) => sent.delete('error_description'));
    const provider = await files.connect(page);
    await deny(provider);
    await provider.getByText('Access was not granted').waitFor();
    expect(await provider.getByText('The user refused.').count()).toBe(0);
    await files.waitForText(page, 'Access was denied at the provider.');
    expect(await files.stored()).toEqual([]);
  });
});

describe('a strict OAuth server that rejects the token request', () => {
  const REJECTIONS = [
    {
      error: 'invalid_grant',
      words: 'The provider did not complete the connection.',
      canRetry: true,
    },
    { error: 'invalid_client', words: /settings of this connector/, canRetry: false },
  ];
  const rejectNext = (error: string): void =>
    environment.strict.failNext({ endpoint: 'token', fault: { kind: 'oauth_error', error } });

  it.each(REJECTIONS)(
    'with $error: both pages show the failure and who can solve it',
    async (of) => {
      browser.expectProblems(/status of 50\d/);
      rejectNext(of.error);
      const page = await files.openPage();
      const provider = await files.connect(page);
      await allow(provider);
      await provider.getByRole('heading', { name: 'The authorization failed' }).waitFor();
      await files.waitForText(page, of.words);
      expect(await files.button(page, 'Try again').count()).toBe(of.canRetry ? 1 : 0);
      expect(await files.stored()).toEqual([]);
      expect(isGranted()).toBe(false);
    },
  );

  it.each(REJECTIONS)(
    'with $error, in the same window: the page shows it after the return',
    async (of) => {
      files = await aConnection(revocableStrictFiles, PLAIN_PLACE);
      rejectNext(of.error);
      const page = await files.openPage();
      const address = page.url();
      await connectInSameWindow(files, page);
      await allow(page);
      await files.waitForText(page, of.words);
      expect(page.url()).toBe(address);
      expect(await files.button(page, 'Try again').count()).toBe(of.canRetry ? 1 : 0);
      expect(await files.stored()).toEqual([]);
      expect(isGranted()).toBe(false);
    },
  );

  it('with a status of 503, in the same window: the user connects with the next attempt', async () => {
    files = await aConnection(revocableStrictFiles, PLAIN_PLACE);
    environment.strict.failNext({ endpoint: 'token', fault: { kind: 'status', status: 503 } });
    const page = await files.openPage();
    await connectInSameWindow(files, page);
    await allow(page);
    await files.waitForText(page, 'The provider cannot be reached right now.');
    expect(await files.stored()).toEqual([]);
    // The provider knows the user and the consent by now, so it returns immediately.
    await page.evaluate('window.open = () => null');
    await files.button(page, 'Try again').click();
    await files.button(page, 'Continue in this window').click();
    await files.waitForText(page, /^Connected/);
    expect(await files.stored()).toEqual(['ana connected']);
  });

  it('with a status of 503: the user connects with the next attempt', async () => {
    browser.expectProblems(/status of 502/);
    environment.strict.failNext({ endpoint: 'token', fault: { kind: 'status', status: 503 } });
    const page = await files.openPage();
    await allow(await files.connect(page));
    await files.waitForText(page, 'The provider cannot be reached right now.');
    expect(await files.stored()).toEqual([]);
    // The provider knows the user and the consent by now.
    await clickForWindow(page, files.button(page, 'Try again'));
    await files.waitForText(page, /^Connected/);
    expect(await files.stored()).toEqual(['ana connected']);
  });
});

it('a user connects at two providers at the same time', async () => {
  const drive = await connectionToDrive({ browser, environment }, NESTED_PLACE);
  const page = await files.openPage();
  await drive.connectButton(page).waitFor();
  const strictWindow = await files.connect(page);
  const googleWindow = await drive.connect(page);
  await googlePages.allow(googleWindow);
  await drive.waitUntilConnected(page);
  expect(await files.stored()).toEqual(['ana pending']);
  await allow(strictWindow);
  await files.waitForText(page, /^Connected/);
  expect(await files.stored()).toEqual(['ana connected']);
  expect(await drive.stored()).toEqual(['ana connected']);
});
