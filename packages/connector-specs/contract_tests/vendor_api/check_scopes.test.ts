import { expect, it } from 'vitest';
import { checkScopes } from './check_scopes.ts';
import { jsonFacts } from './written_facts.ts';

const read = { ...jsonFacts({}), scopes: ['mail', 'mail.read', 'mail.add_on'] };
const send = { ...jsonFacts({}), scopes: ['mail', 'mail.send'], optionalScopes: ['contacts'] };
const UNUSED = ['mail.add_on'];
const READ = ['mail.read', 'mail'] as const;

it('the check of scopes accepts the documented alternatives in any order, without unused scopes', () => {
  expect(checkScopes({ oauthScopes: [READ] }, [read], UNUSED)).toEqual([]);
  const both = [READ, ['mail.send', 'mail']] as const;
  const scopes = { oauthScopes: both, optionalScopes: ['contacts'] };
  expect(checkScopes(scopes, [read, send], UNUSED)).toEqual([]);
});

it('the check of scopes accepts any scopes if the vendor documents none', () => {
  expect(checkScopes({ oauthScopes: ['a'] }, [jsonFacts({})], [])).toEqual([]);
});

it.each<[string, Parameters<typeof checkScopes>[0], string[]]>([
  ['a missing scope', {}, ['lacks mail or mail.read']],
  ['a misspelled scope', { oauthScopes: [['mail', 'mail.reed']] }, ['lacks', 'accepts']],
  ['a missing alternative', { oauthScopes: ['mail.read'] }, ['lacks', 'accepts mail.read']],
  ['another scope', { oauthScopes: [READ, 'mail.send'] }, ['accepts mail.send']],
  ['an unknown optional scope', { oauthScopes: [READ], optionalScopes: ['x'] }, ['requests x']],
])('the check of scopes finds %s', (_, scopes, problems) => {
  expect(checkScopes(scopes, [read], UNUSED)).toEqual(
    problems.map((problem) => expect.stringContaining(problem)),
  );
});

it('the check of scopes finds a missing optional scope', () => {
  expect(checkScopes({ oauthScopes: [['mail', 'mail.send']] }, [send], [])).toEqual([
    'omits contacts',
  ]);
});
