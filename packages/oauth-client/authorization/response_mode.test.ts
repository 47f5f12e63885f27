import { describe, expect, it } from '@jest/globals';
import { anEarsClient, aStandardClient } from '../oauth_client.mock.ts';
import { responseModeOf } from './response_mode.ts';

const modeOf = (search: string, providerParams?: Record<string, string>) => {
  const authorizationEndpoint = `https://auth.example.com/authorize${search}`;
  return responseModeOf(aStandardClient({ authorizationEndpoint }), providerParams);
};

describe('responseModeOf', () => {
  it.each([
    ['', 'query'],
    ['?response_mode=query', 'query'],
    ['?prompt=login&response_mode=form_post', 'form_post'],
    ['?response_mode=form%5Fpost', 'form_post'],
    ['?response_mode=fragment', undefined],
    ['?response_mode=jwt', undefined],
    ['?response_mode=form_post.jwt', undefined],
    ['?response_mode=Form_Post', undefined],
    ['?response_mode=', undefined],
    ['?response_mode=query&response_mode=form_post', undefined],
    ['?response_mode=form_post&response_mode=form_post', undefined],
  ])('of an authorization URL with %j is %s', (search, expected) => {
    expect(modeOf(search)).toBe(expected);
  });

  it('is that of the connector type unless the configured URL names one', () => {
    expect(modeOf('', { response_mode: 'form_post' })).toBe('form_post');
    expect(modeOf('?response_mode=query', { response_mode: 'form_post' })).toBe('query');
    expect(modeOf('', { response_mode: 'fragment' })).toBeUndefined();
  });

  it('of EARS, which calls the provider itself, is query', () => {
    expect(responseModeOf(anEarsClient(), { response_mode: 'form_post' })).toBe('query');
  });
});
