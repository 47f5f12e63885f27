import { defineMessages } from '@latchkey/core/public';
import type { IntlShape } from 'react-intl';

const messages = defineMessages({
  find: { id: 'workflows.code.find', defaultMessage: 'Find' },
  replaceField: { id: 'workflows.code.replaceField', defaultMessage: 'Replace with' },
  next: { id: 'workflows.code.next', defaultMessage: 'Next' },
  previous: { id: 'workflows.code.previous', defaultMessage: 'Previous' },
  all: { id: 'workflows.code.all', defaultMessage: 'All' },
  matchCase: { id: 'workflows.code.matchCase', defaultMessage: 'Match case' },
  regexp: { id: 'workflows.code.regexp', defaultMessage: 'Regular expression' },
  byWord: { id: 'workflows.code.byWord', defaultMessage: 'Whole words' },
  replace: { id: 'workflows.code.replace', defaultMessage: 'Replace' },
  replaceAll: { id: 'workflows.code.replaceAll', defaultMessage: 'Replace all' },
  close: { id: 'workflows.code.close', defaultMessage: 'Close' },
  completions: { id: 'workflows.code.completions', defaultMessage: 'Suggestions' },
  fold: { id: 'workflows.code.fold', defaultMessage: 'Fold line' },
  unfold: { id: 'workflows.code.unfold', defaultMessage: 'Unfold line' },
  folded: { id: 'workflows.code.folded', defaultMessage: 'Folded lines' },
});

/** Messages for the texts of CodeMirror. The key is the English text in the code of CodeMirror. */
const PHRASES = {
  Find: messages.find,
  Replace: messages.replaceField,
  next: messages.next,
  previous: messages.previous,
  all: messages.all,
  'match case': messages.matchCase,
  regexp: messages.regexp,
  'by word': messages.byWord,
  replace: messages.replace,
  'replace all': messages.replaceAll,
  close: messages.close,
  Completions: messages.completions,
  'Fold line': messages.fold,
  'Unfold line': messages.unfold,
  'folded code': messages.folded,
  unfold: messages.unfold,
} as const;

/** Texts of CodeMirror in the language of the page. */
export const editorPhrases = ({ formatMessage }: IntlShape): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(PHRASES).map(([english, message]) => [english, formatMessage(message)]),
  );
