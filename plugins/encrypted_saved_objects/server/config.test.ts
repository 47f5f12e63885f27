import { describe, expect, it } from 'vitest';
import { config } from './config.ts';

const KEY = 'development-only-key-a-0123456789abcdef';
const OLD = 'development-only-key-b-0123456789abcdef';

/** Returns the messages with which a config is refused. Empty: the config is accepted. */
function complaints(input: unknown): string[] {
  const parsed = config.schema.safeParse(input);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
}

describe('the configuration of encrypted saved objects', () => {
  it('may be empty, or contain a key, or a key and older keys', () => {
    expect(config.schema.parse({})).toEqual({ keyRotation: { decryptionOnlyKeys: [] } });
    expect(complaints({ encryptionKey: KEY })).toEqual([]);
    const rotated = { encryptionKey: KEY, keyRotation: { decryptionOnlyKeys: [OLD] } };
    expect(config.schema.parse(rotated)).toEqual(rotated);
  });

  it('D58: refuses a key of less than 32 characters, with a message that names the setting but not the key', () => {
    const short = 'a-short-canary-key';
    const [message] = complaints({ encryptionKey: short });
    expect(message).toContain('xpack.encryptedSavedObjects.encryptionKey');
    expect(message).toContain('32');
    expect(JSON.stringify(config.schema.safeParse({ encryptionKey: short }).error)).not.toContain(
      'canary',
    );
    const keyRotation = { decryptionOnlyKeys: [short] };
    expect(complaints({ encryptionKey: KEY, keyRotation })[0]).toContain('decryptionOnlyKeys');
  });

  it('refuses old keys without a current key, and a key that is both current and old', () => {
    const keyRotation = { decryptionOnlyKeys: [KEY] };
    expect(complaints({ keyRotation })[0]).toContain('needs');
    expect(complaints({ encryptionKey: KEY, keyRotation })[0]).toContain('must not contain');
  });

  it('refuses an unknown setting', () => {
    expect(complaints({ encryptionkey: KEY })[0]).toContain('encryptionkey');
  });
});
