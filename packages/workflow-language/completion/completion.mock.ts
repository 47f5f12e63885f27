import { list, object, text } from '../schema/json_schema.ts';
import { StepRegistry } from '../steps/step_registry.ts';
import { hoverAt } from './hover_at.ts';
import { suggestionsAt } from './suggestions_at.ts';

/** Registry of step types with one action of a connector, whose output is described. */
export const registry = new StepRegistry([
  {
    connectorTypeId: '.google_drive',
    connectorTypeName: 'Google Drive',
    name: 'searchFiles',
    description: 'Searches files.',
    scope: 'read',
    input: object({
      query: text({ description: 'Search text.' }),
      'pageSize?': { type: 'number', description: 'Files per page.' },
    }),
    output: object({
      files: list(object({ id: text({ description: 'Id of the file.' }), name: text() })),
      'next?': text(),
    }),
  },
]);

const connectors = [
  { id: 'c1', name: 'My Drive', connectorTypeId: '.google_drive' },
  { id: 'c2', name: 'API', connectorTypeId: '.http' },
  { id: 'c3', name: 'Uploads', connectorTypeId: '.google_drive', enabledActions: ['upload'] },
];

const workflowNames = [
  { id: 'w1', name: 'Archive old files' },
  { id: '42', name: 'Notify' },
];

/** Splits a text at its cursor, which is written `‸`. */
export function atCursor(marked: string): readonly [text: string, offset: number] {
  const offset = marked.indexOf('‸');
  return [marked.replace('‸', ''), offset];
}

/** Suggestions at the cursor. */
export const suggest = (marked: string) =>
  suggestionsAt(...atCursor(marked), { registry, connectors, workflowNames });

/** Labels of the suggestions at the cursor. */
export const labels = (marked: string): readonly string[] =>
  suggest(marked)?.items.map(({ label }) => label) ?? [];

/** Text after the suggestion with this label was accepted. */
export function taken(marked: string, label: string): string {
  const [text] = atCursor(marked);
  const found = suggest(marked);
  const item = found?.items.find((each) => each.label === label);
  if (found === undefined || item === undefined) throw new Error(`No suggestion [${label}]`);
  return text.slice(0, found.start) + item.insert + text.slice(found.end);
}

/** The hover text at the cursor. */
export const hover = (marked: string) => hoverAt(...atCursor(marked), { registry, connectors });
