import { expect, it } from 'vitest';
import { withoutJsonAttributes } from './json_imports.ts';

it.each([
  ["import('./de.json', { with: { type: 'json' } })", "import('./de.json')"],
  ["import de from './de.json' with { type: 'json' };", "import de from './de.json';"],
  ["import('./a.ts', { with: { type: 'text' } })", "import('./a.ts', { with: { type: 'text' } })"],
])('browsers load JSON that Vite sends as JavaScript: %s becomes %s', (code, expected) => {
  expect(withoutJsonAttributes(code)).toBe(expected);
});
