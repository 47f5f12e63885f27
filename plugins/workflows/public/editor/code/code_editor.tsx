import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEuiTheme } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { getNonce } from 'get-nonce';
import {
  type MutableRefObject,
  type ReactElement,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import { useIntl } from 'react-intl';
import type { LanguageData, Problem, TextChange } from '../text/index.ts';
import { markProblems } from './diagnostic_extension.ts';
import { editorTheme } from './editor_theme.ts';
import { languageExtensions } from './language_extensions.ts';
import { pastedText } from './pasted_text.ts';
import { editorPhrases } from './phrases.ts';
import {
  markPlaceholders,
  type Placeholder,
  placeholderExtension,
} from './placeholder_extension.ts';
import { offsetOf } from './text_positions.ts';

const messages = defineMessages({
  label: { id: 'workflows.code.label', defaultMessage: 'YAML of the workflow' },
  choose: { id: 'workflows.code.choose', defaultMessage: 'Choose connector' },
  chooseWorkflow: { id: 'workflows.code.chooseWorkflow', defaultMessage: 'Choose workflow' },
  fix: { id: 'workflows.code.fix', defaultMessage: 'Replace with {text}' },
});

/** Functions of the editor for the page around it. */
export interface CodeEditorHandle {
  /** Moves the cursor to a line and column, both from 1, and the focus into the editor. */
  focusAt(line: number, column: number): void;
  /** Moves the cursor to an offset, and the focus into the editor. */
  focusOffset(offset: number): void;
  /** Changes the text; can be undone by the user. */
  replace(change: TextChange): void;
  /** Replaces the range of a problem by its replacement. */
  fix(problem: Problem): void;
}

/** Properties of {@link CodeEditor}. */
export interface CodeEditorProps {
  /** Text with which the editor begins. Later changes of the property have no effect. */
  readonly initialText: string;
  readonly isReadOnly: boolean;
  /** Id of the element that explains how keyboard users leave the editor. */
  readonly hintId: string;
  /** Problems of the current text. */
  readonly problems: readonly Problem[];
  readonly placeholders: readonly Placeholder[];
  /** Step types and connectors. `undefined`: not known yet, so that nothing is suggested. */
  readonly language: LanguageData | undefined;
  readonly handle: MutableRefObject<CodeEditorHandle | undefined>;
  readonly onChange: (text: string) => void;
  /** Called with the offset of the end of a placeholder when the user wants to choose. */
  readonly onChoose: (offset: number) => void;
}

/** Editor for YAML with completion, explanations and marked problems. */
export function CodeEditor(props: CodeEditorProps): ReactElement {
  const { isReadOnly, problems, placeholders, handle } = props;
  const intl = useIntl();
  const { euiTheme, colorMode } = useEuiTheme();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const theme = useRef(new Compartment());
  const texts = useRef(new Compartment());
  const access = useRef(new Compartment());
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const { initialText, hintId } = latest.current;
    const created = new EditorView({
      parent: place.current ?? document.body,
      state: EditorState.create({
        doc: initialText,
        extensions: [
          EditorView.cspNonce.of(getNonce() ?? ''),
          EDITING,
          access.current.of([]),
          languageExtensions(() => latest.current.language),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) latest.current.onChange(state.doc.toString());
          }),
          theme.current.of([]),
          texts.current.of([]),
          EditorView.contentAttributes.of({ 'aria-describedby': hintId, tabindex: '0' }),
        ],
      }),
    });
    view.current = created;
    handle.current = handleOf(created);
    return () => {
      handle.current = undefined;
      view.current = undefined;
      created.destroy();
    };
  }, [handle]);

  useLayoutEffect(() => {
    view.current?.dispatch({
      effects: access.current.reconfigure(EditorState.readOnly.of(isReadOnly)),
    });
  }, [isReadOnly]);

  useLayoutEffect(() => {
    const isDark = colorMode === 'DARK';
    view.current?.dispatch({
      effects: theme.current.reconfigure(editorTheme(euiTheme, isDark)),
    });
  }, [euiTheme, colorMode]);

  useLayoutEffect(() => {
    view.current?.dispatch({
      effects: texts.current.reconfigure([
        EditorState.phrases.of(editorPhrases(intl)),
        EditorView.contentAttributes.of({ 'aria-label': intl.formatMessage(messages.label) }),
        placeholderExtension({
          labels: {
            connector: intl.formatMessage(messages.choose),
            workflow: intl.formatMessage(messages.chooseWorkflow),
          },
          onChoose: (offset) => latest.current.onChoose(offset),
        }),
      ]),
    });
    // The extension that contains the marks was replaced, so they have to be set again.
    view.current?.dispatch({ effects: markPlaceholders(latest.current.placeholders) });
  }, [intl]);

  useEffect(() => {
    const current = view.current;
    current?.dispatch(
      markProblems(current.state, problems, (text) => intl.formatMessage(messages.fix, { text })),
    );
  }, [problems, intl]);

  useEffect(() => {
    view.current?.dispatch({ effects: markPlaceholders(placeholders) });
  }, [placeholders]);

  return <div ref={place} css={{ blockSize: '100%', minInlineSize: 0, overflow: 'hidden' }} />;
}

/** Extensions of CodeMirror that every YAML editor has. */
const EDITING: Extension = [
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  bracketMatching(),
  closeBrackets(),
  search({ top: true }),
  EditorView.clipboardInputFilter.of(pastedText),
  yaml(),
  indentUnit.of('  '),
  EditorState.tabSize.of(2),
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];

function handleOf(view: EditorView): CodeEditorHandle {
  const select = (anchor: number) => {
    view.dispatch({
      selection: { anchor: Math.min(anchor, view.state.doc.length) },
      effects: EditorView.scrollIntoView(Math.min(anchor, view.state.doc.length), {
        y: 'center',
      }),
    });
    view.focus();
  };
  return {
    focusAt: (line, column) => select(offsetOf(view.state.doc, line, column)),
    focusOffset: select,
    replace: (changes) => view.dispatch({ changes, userEvent: 'input.complete' }),
    fix: ({ line, column, endLine, endColumn, replacement }) => {
      if (replacement === undefined) return;
      const { doc } = view.state;
      view.dispatch({
        changes: {
          from: offsetOf(doc, line, column),
          to: offsetOf(doc, endLine, endColumn),
          insert: replacement,
        },
        userEvent: 'input.complete',
      });
    },
  };
}
