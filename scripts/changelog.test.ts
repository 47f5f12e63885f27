import { describe, expect, it } from 'vitest';
import { addRelease } from './changelog.ts';

const CHANGELOG = '# Changelog\n\nOne product.\n\n## 0.1.0\n\n- First.\n';

describe('a release in the changelog', () => {
  it('is above the earlier ones, with its changes ordered by size', () => {
    const text = addRelease(CHANGELOG, {
      version: '0.2.0',
      date: '2030-01-31',
      changes: [
        { size: 'patch', summary: 'Corrects X.' },
        { size: 'minor', summary: 'Adds Y.\n\nWith details.\n' },
      ],
    });
    expect(text).toBe(`# Changelog

One product.

## 0.2.0 (2030-01-31)

### New

- Adds Y.

  With details.

### Corrected

- Corrects X.

## 0.1.0

- First.
`);
  });

  it('is refused for a version that exists', () => {
    const release = { version: '0.1.0', date: '2030-01-31', changes: [] };
    expect(() => addRelease(CHANGELOG, release)).toThrow('already has version 0.1.0');
  });
});
