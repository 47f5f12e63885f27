import { describe, expect, it } from 'vitest';
import { countPlaces } from './template_places.ts';

describe('countPlaces', () => {
  it.each([
    ['no template, a | b', 0],
    ['text {{ steps.a.output }} text', 2],
    ['{{ a | append: b, c }}', 5],
    ['{% if a == b and c>d %}x{% endif %}', 9],
    ['{{ a[b[0]] }}', 6],
    ['{% for i in (a..b) %}{% endfor %}', 8],
    ['{{ "}}" | append: a | append: b }} text', 6],
    ['{{ "}" | append: größe }}', 4],
    ['{{ a', 2],
  ])('counts the parts of the expressions in %j: %d', (text, count) => {
    expect(countPlaces(text)).toBe(count);
  });
});
