import type { LocalizedText } from '@latchkey/core/common';
import { SavedObjectError } from '@latchkey/saved-objects';
import { ConnectorError, mapConnectorError } from '../../connector_data/index.ts';
import type { FilledText, PageProblem } from '../pages/index.ts';
import { type ConfigurationErrorCode, ConnectorConfigurationError } from '../strategies/index.ts';
import { TokenUnavailableError } from '../tokens/index.ts';
import type { FlowError } from './flow_error.ts';
import { asFlowError } from './flow_outcome.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';
import { FLOW_TEXTS } from './flow_texts.ts';
import { mapFlowError } from './map_flow_error.ts';

/** Page titles for codes that are not a failure for the user. */
const TITLES: Partial<Record<FlowError['code'], LocalizedText>> = {
  state_used: FLOW_TEXTS.nothingLeftToDo,
  account_kept: FLOW_TEXTS.nothingChanged,
  nothing_to_decide: FLOW_TEXTS.nothingLeftToDecide,
};

/**
 * Texts for configuration errors about which the user should know more than that an administrator
 * must act.
 */
const CONFIGURATION_TEXTS: Partial<Record<ConfigurationErrorCode, LocalizedText>> = {
  not_oauth: FLOW_TEXTS.nothingToAuthorize,
  endpoint_not_allowed: FLOW_RESPONSES.endpoint_not_allowed.text,
  secrets_undecryptable: FLOW_TEXTS.secretsUnreadable,
};

const CONNECTOR_TEXTS: Partial<Record<ConnectorError['code'], LocalizedText>> = {
  not_found: FLOW_TEXTS.connectorMissing,
  space_deleted: FLOW_TEXTS.connectorMissing,
  key_not_configured: FLOW_TEXTS.keyMissing,
};

/** Returns the title of the page about a failed flow. */
export function titleOf({ code }: FlowError): LocalizedText {
  return TITLES[code] ?? FLOW_TEXTS.failed;
}

/** Returns our own texts about a failed flow, without the text of the provider. */
export function textsOf({ code, addition }: FlowError): readonly FilledText[] {
  const { text } = FLOW_RESPONSES[code];
  return addition === undefined ? [{ text }] : [{ text }, { text: addition }];
}

/** Returns the content of an error page for any error of a start or of a decision. */
export function explainPageError(error: unknown): PageProblem {
  const { statusCode, headers } = mapFlowError(error) ?? mapConnectorError(error) ?? {};
  const text = configurationText(error);
  if (text === undefined || statusCode === undefined) return flowProblem(asFlowError(error));
  const code = (error as { readonly code: string }).code;
  return { statusCode, code, texts: [{ text }], ...(headers === undefined ? {} : { headers }) };
}

/**
 * Returns the text for an error of the configuration. `undefined`: it is an error of the flow, or
 * unknown.
 */
function configurationText(error: unknown): LocalizedText | undefined {
  const misconfigured = FLOW_RESPONSES.connector_misconfigured.text;
  if (error instanceof ConnectorConfigurationError) {
    return CONFIGURATION_TEXTS[error.code] ?? misconfigured;
  }
  if (error instanceof ConnectorError) return CONNECTOR_TEXTS[error.code] ?? misconfigured;
  if (error instanceof TokenUnavailableError) return FLOW_TEXTS.tryAgain;
  const isUnreadable = error instanceof SavedObjectError && error.code === 'undecryptable';
  return isUnreadable ? FLOW_TEXTS.secretsUnreadable : undefined;
}

function flowProblem(failure: FlowError): PageProblem {
  const { statusCode, code } = failure;
  const { headers } = mapFlowError(failure) ?? {};
  return {
    statusCode,
    code,
    texts: textsOf(failure),
    title: TITLES[code],
    isFault: code === 'unexpected',
    ...(headers === undefined ? {} : { headers }),
  };
}
