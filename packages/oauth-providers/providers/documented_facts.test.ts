import { expect, it } from 'vitest';
import type { ProviderEntry } from '../entry/provider_entry.ts';
import { DOCUMENTED } from './documented_facts.mock.ts';
import { DOCUMENTED_FAILURES } from './documented_failures.mock.ts';
import type { DocumentedFacts } from './documented_provider.mock.ts';
import { providers } from './index.ts';

const listed = (values: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(values).map(([name, value]) => `${name}=${value}`);

const words = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');

function accountOf({ account }: ProviderEntry): string | undefined {
  if (account === undefined || account.from === 'id_token') return account?.from;
  const { from, idPath, labelPath } = account;
  if (from === 'token_response') return words(from, idPath, labelPath);
  const json = account.json && JSON.stringify(account.json);
  return words(from, account.url, json, idPath, labelPath);
}

function tokenIn({ accessToken: { header, scheme } }: ProviderEntry): { tokenIn?: string } {
  const word = scheme === null ? 'alone' : scheme;
  return header === 'authorization' && word === undefined ? {} : { tokenIn: words(header, word) };
}

function waitsOf({ api }: ProviderEntry): string[] {
  return api.waits.map((wait) => {
    switch (wait.from) {
      case 'fixed':
        return `fixed ${wait.seconds} s for ${wait.status?.join('-')}`;
      case 'body':
        return `body ${wait.path} ${wait.format}`;
      case 'header': {
        const { name, format, onlyIf } = wait;
        const condition = onlyIf && `if ${onlyIf.name}=${onlyIf.equals}`;
        return words('header', name, format, condition);
      }
      default:
        return wait satisfies never;
    }
  });
}

function grantOf({ grantFacts }: ProviderEntry): string[] {
  return grantFacts.map(({ name, from, path, kind, url, labelPath, hosts = [] }) =>
    words(name, from, path, kind, url, labelPath, ...hosts),
  );
}

function factsOf(entry: ProviderEntry): DocumentedFacts {
  const { authorize, token, lifetime, revocation, refreshToken } = entry;
  const { request } = revocation ?? {};
  const { defaultSeconds, accessTokenSeconds, refreshTokenSeconds, idleLimitDays } = lifetime;
  const { needsScope, needsParameter, graceSeconds, reuseEndsGrant } = refreshToken ?? {};
  const special = request && [
    ...[request.method, revocation?.url, request.authentication, request.format],
    ...listed(request.fields),
  ];
  const { isSupported, parameter, separator } = authorize.scope;
  const needs = needsScope === undefined ? needsParameter : needsScope;
  return {
    authorize: authorize.url,
    token: token.url,
    otherHosts: entry.tokenHosts,
    ...(token.refreshUrl === undefined ? {} : { refresh: token.refreshUrl }),
    client: [...token.clientAuthentication, token.format, ...listed(token.headers)].join(' '),
    fields: token.fields,
    needsPkce: authorize.pkce === 'required',
    parameters: authorize.parameters,
    scope: isSupported ? `${parameter} ${separator}` : 'none',
    ...(needs === undefined
      ? {}
      : { needs: `${needsScope === undefined ? 'parameter' : 'scope'} ${needs}` }),
    ...tokenIn(entry),
    account: accountOf(entry),
    grant: grantOf(entry),
    seconds: [defaultSeconds, accessTokenSeconds, refreshTokenSeconds],
    ...(idleLimitDays === undefined ? {} : { idleDays: idleLimitDays }),
    ...(graceSeconds === undefined ? {} : { graceSeconds }),
    reuseEndsGrant: reuseEndsGrant ?? false,
    rotation: refreshToken?.rotation ?? 'none',
    revocation: special?.join(' ') ?? revocation?.url,
    ...(revocation && { ends: `${revocation.tokens.join(' ')}: ${revocation.ends}` }),
    waits: waitsOf(entry),
    headers: entry.api.headers,
  };
}

const DEFAULTS = {
  otherHosts: [],
  fields: {},
  needsPkce: false,
  parameters: {},
  scope: 'scope  ',
  grant: [],
  reuseEndsGrant: false,
  headers: {},
  waits: ['header retry-after seconds', 'header retry-after http_date'],
};

it.each(Object.entries(providers))('%s has the facts of its documentation', (name, entry) => {
  const facts = DOCUMENTED[name];
  const ends = facts?.revocation && { ends: 'refresh_token access_token: grant' };
  expect(factsOf(entry)).toEqual({ ...DEFAULTS, ...ends, ...facts });
});

/** Meaning of an error of the token endpoint. `undefined`: the meaning that RFC 6749 gives it. */
function meaningOf(entry: ProviderEntry, error: string, description: string): string | undefined {
  return entry.failures.rules.find(
    ({ when: { errors, descriptionHas = '' } }) =>
      (errors?.includes(error.toLowerCase()) ?? true) &&
      description.toLowerCase().includes(descriptionHas),
  )?.means;
}

it.each(DOCUMENTED_FAILURES)(
  'in the rules of %s, the error %s with the description "%s" means %s',
  (name, ...failure) => {
    const [error, description, meaning] = failure;
    const entry = Object.entries<ProviderEntry>(providers).find(([one]) => one === name)?.[1];
    expect(entry && meaningOf(entry, error, description)).toBe(meaning);
  },
);

it('the documented facts cover exactly the known providers', () => {
  expect(Object.keys(DOCUMENTED).sort()).toEqual(Object.keys(providers).sort());
});
