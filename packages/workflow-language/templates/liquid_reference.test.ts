import { expect, it } from 'vitest';
import { LIQUID_FILTERS, LIQUID_TAGS } from './liquid_reference.ts';
import { TemplateEngine } from './template_engine.ts';

it('the reference of Liquid describes exactly the filters and tags that templates have', () => {
  const { filters, tags } = new TemplateEngine();
  const names = (words: readonly { readonly name: string }[]) => words.map(({ name }) => name);
  expect(names(LIQUID_FILTERS).toSorted()).toEqual([...filters].toSorted());
  expect(names(LIQUID_TAGS).toSorted()).toEqual([...tags].toSorted());
});
