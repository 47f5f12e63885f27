import { type Extension, type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';

/** A placeholder for the id of a connector or workflow, which the user has to choose. */
export interface Placeholder {
  /** Offset of the first character in the text. */
  readonly from: number;
  /** Offset after the last character. */
  readonly to: number;
  readonly kind: 'connector' | 'workflow';
}

type Labels = Readonly<Record<Placeholder['kind'], string>>;

/** Effect that sets which placeholders are marked. Earlier marks are removed. */
const setPlaceholders = StateEffect.define<readonly Placeholder[]>();

/** Effect that marks placeholders. Offsets outside the text are ignored. */
export const markPlaceholders = (placeholders: readonly Placeholder[]) =>
  setPlaceholders.of(placeholders);

/**
 * Marks placeholders, each with a button after it.
 * @param options.labels label of the button for each kind
 * @param options.onChoose called with the offset of the placeholder
 */
export function placeholderExtension(options: {
  readonly labels: Labels;
  readonly onChoose: (from: number) => void;
}): Extension {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update: (before, transaction) => {
      let decorations = before.map(transaction.changes);
      for (const effect of transaction.effects) {
        if (!effect.is(setPlaceholders)) continue;
        const { length } = transaction.newDoc;
        const shown = effect.value.filter(({ from, to }) => from < to && to <= length);
        decorations = Decoration.set(
          shown.flatMap((placeholder) => decorationsOf(placeholder, options)),
          true,
        );
      }
      return decorations;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}

function decorationsOf(
  { from, to, kind }: Placeholder,
  { labels, onChoose }: { readonly labels: Labels; readonly onChoose: (from: number) => void },
): readonly Range<Decoration>[] {
  return [
    Decoration.mark({ class: 'cm-placeholder-connector' }).range(from, to),
    Decoration.widget({ widget: new ChooseButton(labels[kind], onChoose), side: 1 }).range(to),
  ];
}

/**
 * Button beside a placeholder, for pointers only. Keyboard users find the same button in the list
 * of steps.
 */
class ChooseButton extends WidgetType {
  readonly #label: string;
  readonly #onChoose: (from: number) => void;

  constructor(label: string, onChoose: (from: number) => void) {
    super();
    this.#label = label;
    this.#onChoose = onChoose;
  }

  override eq(other: ChooseButton): boolean {
    return other.#label === this.#label && other.#onChoose === this.#onChoose;
  }

  override toDOM(view: EditorView): HTMLElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'cm-choose-connector';
    button.textContent = this.#label;
    button.tabIndex = -1;
    button.addEventListener('click', () => this.#onChoose(view.posAtDOM(button)));
    return button;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}
