/** Collapsed sections of a form with rarely used fields, in the order in which they are shown. */
export const FORM_SECTIONS = [
  'authorization_request',
  'token_request',
  'token_response',
  'account',
  'revocation',
  'advanced',
] as const;

/** Collapsed section of a form with rarely used fields. */
export type FormSection = (typeof FORM_SECTIONS)[number];

/**
 * Condition that is true while another field has one of these values. An empty string means that
 * the other field has no value.
 */
export interface FieldCondition {
  readonly field: string;
  readonly equals: readonly string[];
}

/** Properties of every field of a generated form. */
interface FieldBase {
  /** Name in the config, the secrets or the input of an action. */
  readonly name: string;
  readonly label: string;
  readonly helpText?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly isRequired: boolean;
  /** The field, otherwise optional, is required unless this condition is true. */
  readonly requiredUnless?: FieldCondition | undefined;
  /** The field, otherwise optional, is required while this condition is true. */
  readonly requiredIf?: FieldCondition | undefined;
  /** The field is shown, checked and sent only while this condition is true. */
  readonly shownIf?: FieldCondition | undefined;
  /**
   * `true`: the field is not shown. Its stored value is kept; if there is none, the server sets the
   * default.
   */
  readonly isHidden: boolean;
  readonly isDisabled: boolean;
  /** Collapsed section that contains the field. `undefined`: the field is always visible. */
  readonly section?: FormSection | undefined;
  /** Initial value in a new form. `undefined`: empty. */
  readonly initial?: unknown;
}

/** Limits of a text. Lengths are in UTF-16 units, as on the server. */
interface TextLimits {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
}

/** A field for one line of text. */
interface TextField extends FieldBase, TextLimits {
  readonly kind: 'text';
  /** `url`: an http or https address. */
  readonly format?: 'url' | undefined;
}

/** Text of several lines. */
interface LongTextField extends FieldBase, TextLimits {
  readonly kind: 'long_text';
}

/** A field for a credential. The browser never receives stored credentials. */
interface SecretField extends FieldBase, TextLimits {
  readonly kind: 'secret';
}

/** A field that offers several texts, of which the user chooses one. */
interface SelectField extends FieldBase {
  readonly kind: 'select';
  readonly options: readonly string[];
  /** Texts of the options by value. An option without a text is shown as its value. */
  readonly optionLabels?: Readonly<Record<string, string>> | undefined;
}

/** A field for a number, which is edited as text. */
interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly isInteger: boolean;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly maximum?: number | undefined;
}

/** A field for yes or no. */
interface SwitchField extends FieldBase {
  readonly kind: 'switch';
}

/** A field for pairs of name and text, for example headers. */
interface KeyValueField extends FieldBase {
  readonly kind: 'key_value';
  /** `true`: the texts are credentials. */
  readonly isSecret: boolean;
  readonly maxKeyLength?: number | undefined;
  readonly maxLength?: number | undefined;
}

/** A field for a list of texts, which is edited with one text per line. */
interface ListField extends FieldBase {
  readonly kind: 'list';
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
}

/** A field for JSON, which is edited as text. */
export interface JsonField extends FieldBase {
  readonly kind: 'json';
  /**
   * `text`: the value is a text that must contain a JSON object. `any`: text that is not JSON is
   * the value itself.
   */
  readonly accepts: 'object' | 'array' | 'any' | 'text';
  readonly maxLength?: number | undefined;
}

/** A field of a generated form. Every kind has a widget and a validation. */
export type FormField =
  | TextField
  | LongTextField
  | SecretField
  | SelectField
  | NumberField
  | SwitchField
  | KeyValueField
  | ListField
  | JsonField;

/** Kinds of fields. Each has its own widget and validation. */
export type FormFieldKind = FormField['kind'];

/** `shared`: one account for all users. `per-user`: each user has an own account. */
type AuthMode = 'shared' | 'per-user';

/** One way to authenticate. If there are several, each is shown as a card. */
export interface AuthOption {
  /** Value of `authType`. Empty: the connector type has its own form of credentials. */
  readonly id: string;
  readonly label: string;
  readonly authMode: AuthMode;
  readonly isRecommended: boolean;
  /** `true`: the option is offered only for connectors that already use it. */
  readonly isLegacy: boolean;
  readonly isExperimental: boolean;
  /** Text that says why the option cannot be chosen. Absent: it can be chosen. */
  readonly unavailable?: string | undefined;
  readonly fields: readonly FormField[];
}

/** An action of a connector type that an administrator can enable. */
export interface FormAction {
  readonly name: string;
  /** Name of the action that users see. */
  readonly label: string;
  readonly description: string;
  readonly effect: 'read' | 'write' | 'destroy';
}

/** Fields of a connector type, read from the JSON Schema of its spec. */
export interface ConnectorForm {
  readonly config: readonly FormField[];
  /** Ways to authenticate, of which the user chooses one. Never empty. */
  readonly authOptions: readonly AuthOption[];
  /** Actions to choose from. Absent: there is no choice. */
  readonly actions?: readonly FormAction[];
  /**
   * Paths of schema parts that no kind of field fits and that are shown as text fields, for
   * developers of connector types.
   */
  readonly unknownParts: readonly string[];
}

/** Maximum number of rarely used fields that are shown together in one section. */
const MAX_IN_ONE_SECTION = 4;

/** Fields of a group, divided into the parts in which the form shows them. */
export interface FieldParts {
  /** Fields that are always visible. */
  readonly main: readonly FormField[];
  /**
   * Collapsed sections with the rarely used fields. If there are only few such fields, all are in
   * one section.
   */
  readonly sections: readonly {
    readonly id: FormSection;
    readonly fields: readonly FormField[];
  }[];
}

/**
 * Divides the fields of a group into parts. The parts do not depend on which fields are shown at
 * the moment, so that no field moves while the user edits.
 */
export function fieldParts(fields: readonly FormField[]): FieldParts {
  const shown = fields.filter(({ isHidden }) => !isHidden);
  const folded = shown.filter(({ section }) => section !== undefined);
  const isOne = folded.length <= MAX_IN_ONE_SECTION;
  const sections = FORM_SECTIONS.map((id) => ({
    id,
    fields: folded.filter(({ section }) => (isOne ? id === 'advanced' : section === id)),
  }));
  return {
    main: shown.filter(({ section }) => section === undefined),
    sections: sections.filter((part) => part.fields.length > 0),
  };
}

/** Fields that the form shows, from top to bottom. */
export function drawnFields(fields: readonly FormField[]): readonly FormField[] {
  const { main, sections } = fieldParts(fields);
  return [...main, ...sections.flatMap((part) => part.fields)];
}

/** Returns `true` if the value of the field is a credential. */
export const isCredential = (field: FormField): boolean =>
  field.kind === 'secret' || (field.kind === 'key_value' && field.isSecret);

/**
 * Option with this id. If there is none: the first option.
 * @throws TypeError when there is no option; every form has at least one
 */
export function chosenOption(form: ConnectorForm, authType: string): AuthOption {
  return form.authOptions.find(({ id }) => id === authType) ?? preferredOption(form.authOptions);
}

/**
 * The recommended option. If there is none: the first that is neither legacy nor experimental.
 * @throws TypeError when there is no option; every form has at least one
 */
export function preferredOption(options: readonly AuthOption[]): AuthOption {
  const option =
    options.find(({ isRecommended, isLegacy }) => isRecommended && !isLegacy) ??
    options.find(({ isLegacy, isExperimental }) => !isLegacy && !isExperimental) ??
    options[0];
  if (option === undefined) throw new TypeError('a connector form has at least one auth option');
  return option;
}

/**
 * Key of an option in `FormValues.secrets`. An empty id is replaced, because paths of fields cannot
 * have an empty segment.
 */
export const secretsKey = (optionId: string): string => (optionId === '' ? 'own' : optionId);
