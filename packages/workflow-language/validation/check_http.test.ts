import { describe, expect, it } from 'vitest';
import { validateWorkflow } from './validate_workflow.ts';
import { registry, workflow } from './workflow_texts.mock.ts';

const errors = (step: string) =>
  validateWorkflow(workflow(`- { name: get, type: http, ${step} }`), { registry })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);

describe('an `http` step', () => {
  it.each([
    'with: { url: "https://example.com" }',
    'connector-id: c1, with: { path: /x }',
    'with: { url: "https://example.com", fetcher: { skip_ssl_verification: false } }',
  ])('is valid: %s', (step) => {
    expect(errors(step)).toEqual([]);
  });

  it.each([
    ['with: { path: /x }', 'needs `url`'],
    [
      'with: { url: "https://example.com", fetcher: { skip_ssl_verification: true } }',
      'always verified',
    ],
  ])('is not valid: %s', (step, message) => {
    expect(errors(step)).toEqual([expect.stringContaining(message)]);
  });
});
