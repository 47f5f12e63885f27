import { expect, it } from 'vitest';
import { isPlaceholder } from './placeholder.ts';

it.each([
  '<ENTER YOUR CONNECTOR ID HERE!>',
  '<%= id %>',
  '__install__.drive',
  'REPLACE_WITH_CONNECTOR_ID',
  'YOUR_CONNECTOR_ID',
  'id: YOUR-ID',
  'your-connector-id',
  'your-slack-connector',
  'your_workflow_id',
  'replace-me',
])('validation treats %j as a placeholder', (text) => {
  expect(isPlaceholder(text)).toBe(true);
});

it.each(['DATA CENTER EU', 'Your Drive', 'your-drive', 'ENTERPRISE', 'FAVOUR_1', 'My Drive'])(
  'validation treats %j as a name',
  (text) => {
    expect(isPlaceholder(text)).toBe(false);
  },
);
