import { matchesHost } from '../entry/host_pattern.ts';
import type { ProviderEntry } from '../entry/provider_entry.ts';
import { airtable } from './airtable.ts';
import { asana } from './asana.ts';
import { atlassian } from './atlassian.ts';
import { box } from './box.ts';
import { discord } from './discord.ts';
import { docusign } from './docusign.ts';
import { dropbox } from './dropbox.ts';
import { exactOnline } from './exact_online.ts';
import { figma } from './figma.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { google } from './google.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { linear } from './linear.ts';
import { mailchimp } from './mailchimp.ts';
import { microsoft } from './microsoft.ts';
import { monday } from './monday.ts';
import { notion } from './notion.ts';
import { quickbooks } from './quickbooks.ts';
import { salesforce } from './salesforce.ts';
import { servicenow } from './servicenow.ts';
import { shopify } from './shopify.ts';
import { slack } from './slack.ts';
import { x } from './x.ts';
import { xero } from './xero.ts';
import { zendesk } from './zendesk.ts';
import { zoho } from './zoho.ts';
import { zoom } from './zoom.ts';

const BY_NAME = {
  airtable,
  asana,
  atlassian,
  box,
  discord,
  docusign,
  dropbox,
  exact_online: exactOnline,
  figma,
  github,
  gitlab,
  google,
  hubspot,
  intercom,
  linear,
  mailchimp,
  microsoft,
  monday,
  notion,
  quickbooks,
  salesforce,
  servicenow,
  shopify,
  slack,
  x,
  xero,
  zendesk,
  zoho,
  zoom,
} as const satisfies Readonly<Record<string, ProviderEntry>>;

/** Name of a provider in this package. */
export type ProviderName = keyof typeof BY_NAME;

/** All providers by name. */
export const providers: Readonly<Record<ProviderName, ProviderEntry>> = BY_NAME;

/** Returns `true` if this package has a provider of that name. */
export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(providers, name);
}

/**
 * Returns `true` if a provider has a token endpoint at a host: that of its entry or one of
 * `tokenHosts`.
 */
const hasTokenHost = ({ token, tokenHosts }: ProviderEntry, host: string): boolean =>
  [URL.parse(token.url)?.hostname ?? '', ...tokenHosts].some((known) => matchesHost(host, known));

/**
 * The provider whose authorization endpoint has this host. Used only for advice about its settings.
 * `undefined`: no known provider.
 */
export function providerOfAuthorizationHost(host: string): ProviderEntry | undefined {
  return Object.values<ProviderEntry>(providers).find(
    (entry) =>
      hasTokenHost(entry, host) ||
      matchesHost(host, URL.parse(entry.authorize.url)?.hostname ?? ''),
  );
}

/**
 * The provider whose token endpoint has this host. Used only to read the failures that it reports:
 * a host proves nothing about the form of requests. `undefined`: no known provider.
 */
export function providerOfTokenHost(host: string): ProviderEntry | undefined {
  return Object.values<ProviderEntry>(providers).find((entry) => hasTokenHost(entry, host));
}
