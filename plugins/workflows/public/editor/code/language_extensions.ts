import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { hoverAt, type Suggestion, suggestionsAt } from '@latchkey/workflow-language';
import type { LanguageData } from '../text/index.ts';
import { describedText } from './described_text.ts';

/** Names of the icons that CodeMirror draws for kinds of completions. */
const ICONS: Readonly<Record<Suggestion['kind'], string>> = {
  key: 'property',
  value: 'enum',
  stepType: 'function',
  trigger: 'interface',
  connector: 'variable',
  workflow: 'variable',
  variable: 'variable',
  filter: 'method',
  tag: 'keyword',
  operator: 'keyword',
};

/** Text before the cursor after which a list opens although no letter was typed. */
const OPENS_LIST = /[:.|{]\s?$/;

/**
 * Extension for completions and for explanations on hover.
 * @param read returns the step types and connectors; `undefined`: they are not known yet
 */
export function languageExtensions(read: () => LanguageData | undefined): Extension {
  return [
    autocompletion({
      override: [(context) => completionsAt(context, read())],
      icons: true,
      closeOnBlur: true,
    }),
    hoverTooltip((view, at) => {
      const data = read();
      const hover = data && hoverAt(view.state.doc.toString(), at, data);
      if (hover === undefined) return null;
      return {
        pos: hover.start,
        end: hover.end,
        create: () => ({ dom: hoverElement(hover) }),
      };
    }),
  ];
}

/** Completions at the cursor. `null`: there are none. */
export function completionsAt(
  context: CompletionContext,
  data: LanguageData | undefined,
): CompletionResult | null {
  const { state, pos, explicit } = context;
  if (data === undefined) return null;
  const found = suggestionsAt(state.doc.toString(), pos, data);
  if (found === undefined || found.items.length === 0) return null;
  const line = state.doc.lineAt(pos);
  const isEmpty = found.start === pos;
  if (!explicit && isEmpty && !OPENS_LIST.test(line.text.slice(0, pos - line.from))) return null;
  return {
    from: found.start,
    to: Math.max(pos, found.end),
    options: found.items.map(toCompletion),
    validFor: /^[\w-]*$/,
  };
}

function toCompletion({ kind, label, insert, detail, documentation }: Suggestion): Completion {
  return {
    label,
    apply: insert,
    type: ICONS[kind],
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { info: () => describedText(documentation) }),
  };
}

function hoverElement(hover: {
  readonly title: string;
  readonly detail?: string;
  readonly documentation?: string;
}): HTMLElement {
  const element = document.createElement('div');
  element.className = 'cm-hover';
  const title = document.createElement('strong');
  title.textContent = hover.title;
  element.append(title);
  if (hover.detail !== undefined) element.append(` ${hover.detail}`);
  if (hover.documentation !== undefined) element.append(describedText(hover.documentation));
  return element;
}
