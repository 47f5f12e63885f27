import { describe, expect, it } from 'vitest';
import { toTestResult } from './test_result.ts';

const failed = (changes: object) =>
  toTestResult({ connector_id: 'drive', status: 'error', ...changes });

describe('the result of a test', () => {
  it('is the data that the action returned, as JSON', () => {
    const result = toTestResult({ connector_id: 'drive', status: 'ok', data: { user: 'ana' } });
    expect(result).toEqual({
      status: 'succeeded',
      output: '{\n  "user": "ana"\n}',
      isCut: false,
    });
  });

  it('is empty when the action returns nothing', () => {
    expect(toTestResult({ connector_id: 'drive', status: 'ok' })).toMatchObject({ output: '' });
  });

  it('is cut when it is long', () => {
    const data = 'x'.repeat(50_000);
    expect(toTestResult({ connector_id: 'drive', status: 'ok', data })).toMatchObject({
      isCut: true,
    });
  });

  it('contains the cause, without the sentence that every failed action has', () => {
    const message = 'an error occurred while running the action';
    expect(failed({ message, service_message: 'Quota used up.' })).toMatchObject({
      message: 'Quota used up.',
    });
    expect(failed({ message: 'Unknown action.' })).toMatchObject({ message: 'Unknown action.' });
  });

  it('asks the user to connect when the user is not authorized', () => {
    expect(failed({ authorization_reason: 'no_token', retry: false })).toMatchObject({
      next: 'authorize',
    });
  });

  it('asks to wait when the failure is temporary, until the time that the server names', () => {
    expect(failed({ retry: true })).toMatchObject({ next: 'wait', retryAt: undefined });
    expect(failed({ retry: '2026-11-28T10:00:00Z' })).toMatchObject({
      next: 'wait',
      retryAt: new Date('2026-11-28T10:00:00Z'),
    });
  });

  it('asks to check the settings for all other failures', () => {
    expect(failed({ errorSource: 'user', message: 'A', service_message: 'B' })).toMatchObject({
      next: 'check',
      message: 'B',
    });
    expect(failed({})).toMatchObject({ next: 'check', message: '' });
  });
});
