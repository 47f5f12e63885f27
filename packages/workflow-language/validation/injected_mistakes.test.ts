import { expect, it } from 'vitest';
import { injectedMistakes } from './injected_mistakes.mock.ts';
import { VALID_WORKFLOWS } from './valid_workflows.mock.ts';
import { validate } from './workflow_texts.mock.ts';

it.each(Object.entries(VALID_WORKFLOWS))(
  'validation reports nothing for the workflow "%s"',
  (_, text) => {
    expect(validate(text).diagnostics).toEqual([]);
  },
);

it.each(Object.entries(VALID_WORKFLOWS))(
  'validation reports each injected mistake of the workflow "%s" on its line with its rule',
  (_, workflow) => {
    const mistakes = injectedMistakes(workflow);
    const missed = mistakes.filter(({ text, line, rule }) => {
      const { diagnostics } = validate(text);
      return !diagnostics.some((each) => each.line === line && each.ruleId === rule);
    });
    expect(mistakes.length).toBeGreaterThan(200);
    expect(missed.map(({ kind, line, rule }) => `${line} ${rule}: ${kind}`)).toEqual([]);
  },
);
