export { connectorChange, type TextChange } from './connector_text.ts';
export { type LanguageData, toLanguageData } from './language_data.ts';
export { withLineFeeds } from './line_feeds.ts';
export type { Problem } from './problem.ts';
export { problemText } from './problem_text.ts';
