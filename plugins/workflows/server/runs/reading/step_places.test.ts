import { expect, it } from 'vitest';
import { placesOf } from './step_places.ts';

const step = (name: string, more: object = {}) => ({ name, type: 'console', with: {}, ...more });

it('steps are numbered in the order of the document, including steps inside other steps', () => {
  const document = {
    steps: [
      step('a', { 'on-failure': { fallback: [step('a_failed')] } }),
      step('check', { steps: [step('then')], else: [step('else')] }),
      step('choose', { cases: [{ match: 1, steps: [step('one')] }], default: [step('other')] }),
      step('both', {
        branches: [
          { name: 'left', steps: [step('l')] },
          { name: 'r', steps: [] },
        ],
      }),
      step('data', { with: { name: 'no_step', type: 'text' } }),
    ],
    settings: { 'on-failure': { fallback: [step('last')] } },
  };
  const names = 'a a_failed check then else choose one other both l data last'.split(' ');
  expect([...placesOf(document)]).toEqual(names.map((name, place) => [name, place]));
});

it.each([[undefined], [{ steps: 'x' }], [[]]])(
  'the numbers of steps are empty for %j',
  (document) => {
    expect(placesOf(document).size).toBe(0);
  },
);
