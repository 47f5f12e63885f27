const root = 'https://www.googleapis.com/auth/';

const userScopes = [
  'openid',
  'email',
  'profile',
  `${root}userinfo.email`,
  `${root}userinfo.profile`,
];

/**
 * Paths with the scopes of which a token needs at least one. `@emulators/google` does not check
 * scopes.
 */
const needed: readonly (readonly [RegExp, (scope: string) => boolean])[] = [
  [/^(?:\/upload)?\/drive\//, (scope) => isOrBelow(scope, `${root}drive`)],
  [
    /^(?:\/upload)?\/gmail\//,
    (scope) => scope === 'https://mail.google.com/' || isOrBelow(scope, `${root}gmail`),
  ],
  [/^\/calendar\//, (scope) => isOrBelow(scope, `${root}calendar`)],
  [/^\/(?:oauth2\/v[123]|v1)\/userinfo$/, (scope) => userScopes.includes(scope)],
];

const isOrBelow = (scope: string, family: string): boolean =>
  scope === family || scope.startsWith(`${family}.`);

/** Returns `true` when a token with these scopes may call this path. */
export function scopesSuffice(path: string, scopes: readonly string[]): boolean {
  const rule = needed.find(([pattern]) => pattern.test(path));
  return rule === undefined || scopes.some((scope) => rule[1](scope));
}
