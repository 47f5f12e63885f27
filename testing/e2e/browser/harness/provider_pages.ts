import type { Page } from 'playwright-core';

/** Pages of a provider, as their user operates them. */
export interface ProviderPages {
  /** Signs in with an account, and waits for the consent page. */
  chooseAccount(page: Page, account?: string): Promise<void>;
  /** Signs in with an account, and allows access. */
  allow(page: Page, account?: string): Promise<void>;
  /** Signs in with an account, and denies access. */
  deny(page: Page, account?: string): Promise<void>;
}

const NAMES: Readonly<Record<string, string>> = { ana: 'Ana', ben: 'Ben' };

/** Clicks the button of the consent page. */
export const clickAllow = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Allow' }).click();

/** Clicks the button of the consent page that denies access. */
const clickDeny = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Cancel' }).click();

/**
 * Pages of the Google emulator. The page that leads there may show the same account, so the button
 * is meant.
 */
export const googlePages = pagesWith((page, account) =>
  page
    .getByRole('button', { name: `${account}@example.com` })
    .first()
    .click(),
);

/** Pages of the strict OAuth server. */
export const strictPages = pagesWith((page, account) =>
  page.getByRole('button', { name: `Continue as ${NAMES[account]}` }).click(),
);

function pagesWith(signIn: (page: Page, account: string) => Promise<void>): ProviderPages {
  const chooseAccount = async (page: Page, account = 'ana'): Promise<void> => {
    await signIn(page, account);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
  };
  return {
    chooseAccount,
    async allow(page, account) {
      await chooseAccount(page, account);
      await clickAllow(page);
    },
    async deny(page, account) {
      await chooseAccount(page, account);
      await clickDeny(page);
    },
  };
}
