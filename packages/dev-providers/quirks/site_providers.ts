import { providers, resolveProvider } from '@latchkey/oauth-providers';
import { type QuirkServer, startQuirkServer } from './quirk_server.ts';

/** A test server for each of the two providers. */
export interface SiteProviders {
  readonly salesforce: QuirkServer;
  readonly atlassian: QuirkServer;
  /** `xpack.actions.dev.hostOverrides` that send all hosts of the providers to the servers. */
  readonly hostOverrides: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Organisations at Salesforce. */
const ORGANISATIONS = ['acme', 'moved'];

/** Starts the servers. */
export async function startSiteProviders(): Promise<SiteProviders> {
  const salesforce = await startQuirkServer({ entry: resolveProvider(providers.salesforce, {}) });
  const atlassian = await startQuirkServer({ entry: providers.atlassian });
  const ofSalesforce = [
    'login.salesforce.com',
    ...ORGANISATIONS.map((name) => `${name}.my.salesforce.com`),
  ];
  const ofAtlassian = ['auth.atlassian.com', 'api.atlassian.com'];
  return {
    salesforce,
    atlassian,
    hostOverrides: Object.fromEntries([
      ...ofSalesforce.map((host) => [`https://${host}`, salesforce.origin]),
      ...ofAtlassian.map((host) => [`https://${host}`, atlassian.origin]),
    ]),
    stop: async () => {
      await salesforce.stop();
      await atlassian.stop();
    },
  };
}
