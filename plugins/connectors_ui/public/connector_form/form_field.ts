/** Parts of a form for rarely used fields, in their order. Each is folded at first. */
export const FORM_SECTIONS = [
  'authorization_request',
  'token_request',
  'token_response',
  'account',
  'revocation',
  'advanced',
] as const;

/** Part of a form for rarely used fields. */
export type FormSection = (typeof FORM_SECTIONS)[number];

/** Holds while another field has one of these values. The empty text: it has none. */
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
  /** Makes an optional field required unless the other field has one of these values. */
  readonly requiredUnless?: FieldCondition | undefined;
  /** Makes an optional field required while the other field has one of these values. */
  readonly requiredIf?: FieldCondition | undefined;
  /** The form shows, checks and sends the field only while this holds. */
  readonly shownIf?: FieldCondition | undefined;
  /** Not drawn. Its stored value is kept; without one the server sets the default. */
  readonly isHidden: boolean;
  readonly isDisabled: boolean;
  /** Part of a rarely used field. `undefined`: always in view. */
  readonly section?: FormSection | undefined;
  /** Initial value in a new form. `undefined`: empty. */
  readonly initial?: unknown;
}

/** Limits of a text. Lengths in UTF-16 units, as the server counts. */
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

/** A credential. Stored ones never reach the browser. */
interface SecretField extends FieldBase, TextLimits {
  readonly kind: 'secret';
}

/** A field that offers several texts, of which the user chooses one. */
interface SelectField extends FieldBase {
  readonly kind: 'select';
  readonly options: readonly string[];
  /** Texts of the options. An option without one is its own text. */
  readonly optionLabels?: Readonly<Record<string, string>> | undefined;
}

/** A number, edited as text. */
interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly isInteger: boolean;
  readonly minimum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly maximum?: number | undefined;
}

/** Yes or no. */
interface SwitchField extends FieldBase {
  readonly kind: 'switch';
}

/** Names and texts, for example headers. */
interface KeyValueField extends FieldBase {
  readonly kind: 'key_value';
  /** `true`: the texts are credentials. */
  readonly isSecret: boolean;
  readonly maxKeyLength?: number | undefined;
  readonly maxLength?: number | undefined;
}

/** Texts, edited one per line. */
interface ListField extends FieldBase {
  readonly kind: 'list';
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
}

/** JSON, edited as text. */
export interface JsonField extends FieldBase {
  readonly kind: 'json';
  /**
   * `text`: the value is a text that must contain a JSON object. `any`: text that is not JSON is
   * the value itself.
   */
  readonly accepts: 'object' | 'array' | 'any' | 'text';
  readonly maxLength?: number | undefined;
}

/** A field of a generated form. The widgets and the validation handle every kind. */
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

/** `shared`: one account for all users. `per-user`: each user with their own. */
type AuthMode = 'shared' | 'per-user';

/** One way to authenticate, drawn as a card when there are several. */
export interface AuthOption {
  /** Value of `authType`. Empty: the type has its own form of credentials. */
  readonly id: string;
  readonly label: string;
  readonly authMode: AuthMode;
  readonly isRecommended: boolean;
  /** Accepted for connectors that use it, but not offered for others. */
  readonly isLegacy: boolean;
  readonly isExperimental: boolean;
  /** Reason in words why the option cannot be chosen. Left out: it can be chosen. */
  readonly unavailable?: string | undefined;
  readonly fields: readonly FormField[];
}

/** An action of a connector type that an administrator can enable. */
export interface FormAction {
  readonly name: string;
  /** Name for users. */
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
  /** Parts of the schema that became a text field, for developers of connector types. */
  readonly unknownParts: readonly string[];
}

/** Largest number of rarely used fields that one part shows together. */
const MAX_IN_ONE_SECTION = 4;

/** Fields of a group in the order in which the form draws them. */
export interface FieldParts {
  /** Fields that are always in view. */
  readonly main: readonly FormField[];
  /** Rarely used fields, which come last. A few are together in one part. */
  readonly sections: readonly {
    readonly id: FormSection;
    readonly fields: readonly FormField[];
  }[];
}

/**
 * Divides the fields of a group into parts. The parts do not depend on which fields are shown, so
 * that none moves while the user edits.
 */
export function fieldParts(fields: readonly FormField[]): FieldParts {
  const drawn = fields.filter(({ isHidden }) => !isHidden);
  const folded = drawn.filter(({ section }) => section !== undefined);
  const isOne = folded.length <= MAX_IN_ONE_SECTION;
  const sections = FORM_SECTIONS.map((id) => ({
    id,
    fields: folded.filter(({ section }) => (isOne ? id === 'advanced' : section === id)),
  }));
  return {
    main: drawn.filter(({ section }) => section === undefined),
    sections: sections.filter((part) => part.fields.length > 0),
  };
}

/** Fields that the form draws, from top to bottom. */
export function drawnFields(fields: readonly FormField[]): readonly FormField[] {
  const { main, sections } = fieldParts(fields);
  return [...main, ...sections.flatMap((part) => part.fields)];
}

/** Tells if the value of the field is a credential. */
export const isCredential = (field: FormField): boolean =>
  field.kind === 'secret' || (field.kind === 'key_value' && field.isSecret);

/**
 * Option with this id, else the first.
 * @throws TypeError when there is no option; every form has one
 */
export function chosenOption(form: ConnectorForm, authType: string): AuthOption {
  return form.authOptions.find(({ id }) => id === authType) ?? preferredOption(form.authOptions);
}

/**
 * The recommended option, else the first that is neither legacy nor experimental.
 * @throws TypeError when there is no option; every form has one
 */
export function preferredOption(options: readonly AuthOption[]): AuthOption {
  const option =
    options.find(({ isRecommended, isLegacy }) => isRecommended && !isLegacy) ??
    options.find(({ isLegacy, isExperimental }) => !isLegacy && !isExperimental) ??
    options[0];
  if (option === undefined) throw new TypeError('a connector form has at least one auth option');
  return option;
}

/** Key of an option in `FormValues.secrets`. Paths of fields cannot have an empty part. */
export const secretsKey = (optionId: string): string => (optionId === '' ? 'own' : optionId);
