import { apiKeyHeaderNames } from './api_key_header.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Names, in lower case, of the headers that carry a connector's credentials.
 * @param secrets with the discriminator `authType`
 * @param secretHeaders headers sent in addition to those of the auth type
 */
export const credentialHeaderNames = (
  secrets: Values,
  secretHeaders: Readonly<Record<string, string>> = {},
): readonly string[] => {
  const hasAuth = (secrets['authType'] ?? 'none') !== 'none';
  const ofAuthType = apiKeyHeaderNames(secrets) ?? (hasAuth ? ['authorization'] : []);
  const names = [...ofAuthType, ...Object.keys(secretHeaders)];
  return [...new Set(names.map((name) => name.toLowerCase()))];
};
